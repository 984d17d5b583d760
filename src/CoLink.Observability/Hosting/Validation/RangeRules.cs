using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>A time between two others, which it may be. The framework's <see cref="RangeAttribute"/> finds a converter for each by reflection, at every start.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute : ValidationAttribute
{
    private readonly TimeSpan _least;
    private readonly TimeSpan _most;

    public TimeRangeAttribute(string least, string most)
    {
        (_least, _most) = (Parse(least), Parse(most));
        ErrorMessage = $"a time from {least} to {most}";
    }

    public override bool IsValid(object? value) => value is null || (value is TimeSpan time && _least <= time && time <= _most);

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A large number between two others, which it may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LargeRangeAttribute(long least, long most) : ValidationAttribute
{
    public override bool IsValid(object? value) => value is long number && least <= number && number <= most;
}
