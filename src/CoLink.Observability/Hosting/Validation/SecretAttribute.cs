namespace CoLink.Observability.Hosting.Validation;

/// <summary>The option's value is never printed: not in an error, not at start, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
