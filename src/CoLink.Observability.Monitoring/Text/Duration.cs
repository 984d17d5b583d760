using System.Globalization;

namespace CoLink.Observability.Monitoring.Text;

/// <summary>A span of time as Prometheus writes it: <c>5m</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>Reads one or more pairs of a whole number and a unit (ms, s, m, h, d, w), the larger unit first.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        var position = 0;
        while (position < text.Length)
        {
            var digits = position;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
                digits++;
            var letters = digits;
            while (letters < text.Length && char.IsAsciiLetter(text[letters]))
                letters++;
            if (!long.TryParse(text.AsSpan(position, digits - position), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || Milliseconds(text[digits..letters]) is not { } unit
                || number > 100L * 365 * 86_400_000 / unit)
                return false;
            span += TimeSpan.FromMilliseconds(number * unit);
            position = letters;
        }

        return text.Length > 0;
    }

    /// <summary>Reads what the tool itself wrote.</summary>
    /// <exception cref="FormatException">It is no duration.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var span) ? span : throw new FormatException($"'{text}' is no duration such as 5m, 1h30m or 250ms.");

    /// <summary>Writes it with the fewest units, as Prometheus itself would.</summary>
    public static string Format(TimeSpan span)
    {
        var left = (long)span.TotalMilliseconds;
        if (left == 0)
            return "0s";
        var text = "";
        foreach (var (unit, milliseconds) in Units)
        {
            if (left < milliseconds)
                continue;
            text += $"{left / milliseconds}{unit}";
            left %= milliseconds;
        }

        return text;
    }

    private static long? Milliseconds(string unit) =>
        unit == "w" ? 7 * 86_400_000L : Units.Where(known => known.Unit == unit).Select(known => (long?)known.Milliseconds).FirstOrDefault();
}
