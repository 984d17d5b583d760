using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using CoLink.Observability.Tracing.Otlp;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>Names of activity sources.</summary>
internal sealed partial class SourceNamesAttribute : ListAttribute
{
    public SourceNamesAttribute() => ErrorMessage = "names of activity sources such as MyService.Jobs, where '*' stands for any run of characters; '*' alone would be every source of the runtime and is refused";

    protected override bool Allows(object? item) => item is string text && Pattern().IsMatch(text) && text.Any(char.IsLetterOrDigit);

    [GeneratedRegex(@"^[A-Za-z0-9_.*\-/]+\z")]
    private static partial Regex Pattern();
}

/// <summary>An address to export to.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OtlpEndpointAttribute : ValidationAttribute
{
    public OtlpEndpointAttribute() => ErrorMessage = OtlpAddress.Allowed;

    public override bool IsValid(object? value) => value is null || (value is string text && OtlpAddress.TryParse(text, out _));
}

/// <summary>Headers of an export.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OtlpHeadersAttribute : ValidationAttribute
{
    public OtlpHeadersAttribute() => ErrorMessage = OtlpHeaders.Allowed;

    public override bool IsValid(object? value) => value is null || (value is string text && OtlpHeaders.TryParse(text, out _));
}
