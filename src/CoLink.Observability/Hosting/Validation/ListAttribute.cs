using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>A rule for each item of a list; the message says what an item may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class ListAttribute : ValidationAttribute
{
    protected abstract bool Allows(object? item);

    /// <summary>The items that break the rule; an absent list breaks none.</summary>
    public IEnumerable<object?> Offenders(object? list) => list is IEnumerable items ? items.Cast<object?>().Where(item => !Allows(item)) : [];

    public override bool IsValid(object? value) => !Offenders(value).Any();
}
