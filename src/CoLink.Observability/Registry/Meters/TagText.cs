using System.Globalization;

namespace CoLink.Observability.Registry.Meters;

/// <summary>A tag's value as text, the same in every culture. An array is a list of its items, and an array in it is not opened: it may hold itself.</summary>
internal static class TagText
{
    /// <summary>A label is cut at 256 characters anyway.</summary>
    private const int MaxItems = 64;

    public static string? Of(object? value) => value switch
    {
        null => null,
        string text => text,
        true => "true",
        false => "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Array items => string.Join(',', items.Cast<object?>().Take(MaxItems).Select(static item => item is Array ? item.ToString() : Of(item))),
        _ => value.ToString(),
    };
}
