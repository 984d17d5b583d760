using System.Globalization;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>
/// Reads a single value of an option's type. The framework's binder finds a converter for it by reflection, which neither trimming nor
/// native code allows, takes any number for an enum, and <c>#50</c> for 80. And shows it again where it is wrong.
/// </summary>
internal static class OptionText
{
    public static bool TryRead(Type type, string text, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        value = type == typeof(string) ? text
            : type == typeof(bool) ? bool.TryParse(text, out var flag) ? flag : null
            : type == typeof(int) ? int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null
            : type == typeof(long) ? long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var large) ? large : null
            : type == typeof(double) ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null
            : type == typeof(TimeSpan) ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null
            : type.IsEnum ? Named(type, text.Trim())
            : throw new NotSupportedException($"No option is a {type}.");
        return value is not null;
    }

    /// <summary>
    /// A value as an error shows it. What stands before an <c>@</c>, in an address, is where people write a password: with or without
    /// a scheme, escaped or not.
    /// </summary>
    public static string Shown(string text)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0)
            return text;

        // No other scheme is allowed, so anything else may be part of the password.
        var scheme = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        return $"{text[..Math.Min(scheme, at)]}(not shown){text[at..]}";
    }

    private static object? Named(Type type, string text) =>
        Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known ? Enum.Parse(type, known) : null;
}
