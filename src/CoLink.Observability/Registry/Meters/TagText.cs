using System.Globalization;

namespace CoLink.Observability.Registry.Meters;

/// <summary>A tag's value as text, the same in every culture.</summary>
internal static class TagText
{
    public static string? Of(object? value) => value switch
    {
        null => null,
        string text => text,
        true => "true",
        false => "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Array items => string.Join(',', items.Cast<object?>().Select(Of)),
        _ => value.ToString(),
    };
}
