using System.Globalization;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>
/// Reads a single value of an option's type. The framework's binder finds a converter for it by reflection, which neither trimming nor
/// native code allows, takes any number for an enum, and <c>#50</c> for 80.
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

    private static object? Named(Type type, string text) =>
        Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known ? Enum.Parse(type, known) : null;
}
