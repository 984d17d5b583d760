namespace CoLink.Observability.Hosting.Validation;

/// <summary>
/// The option keeps someone out. Given and empty, as a secret is that was not found, it would let everyone in: that is refused, and
/// only leaving the key out means none.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class GuardAttribute : Attribute;
