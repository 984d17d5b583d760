using System.Text;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry.Meters;

/// <summary>Instruments and tags under names that Prometheus takes. They are not ours, so the naming rules do not judge them.</summary>
internal static class MeterNames
{
    private const string Total = "_total";

    /// <summary><c>http.client.request.duration</c> in <c>s</c> is <c>http_client_request_duration_seconds</c>; a counter ends in <c>_total</c>, nothing else does.</summary>
    /// <param name="instrument">The instrument's name.</param>
    /// <param name="unit">Its unit as it stands at the instrument, to replace where the name repeats it before scaling: <c>wait.ms</c>.</param>
    /// <param name="baseUnit">The unit after scaling.</param>
    /// <param name="kind">What it becomes.</param>
    public static string Metric(string instrument, string? unit, InstrumentUnit baseUnit, MetricKind kind)
    {
        var name = MetricUnits.FamilyName(Snake(instrument));
        if (baseUnit.Suffix.Length > 0)
        {
            if (unit?.Length > 0 && name.EndsWith("_" + Snake(unit), StringComparison.Ordinal))
                name = name[..^(Snake(unit).Length + 1)];
            if (name != baseUnit.Suffix && !name.EndsWith("_" + baseUnit.Suffix, StringComparison.Ordinal))
                name = $"{name}_{baseUnit.Suffix}";
        }

        if (name.Length == 0 || !char.IsAsciiLetter(name[0]))
            name = $"metric_{name.TrimStart('_')}".TrimEnd('_');
        return kind == MetricKind.Counter ? name + Total : name;
    }

    /// <summary>A tag's key as a label; what the scrape or a histogram sets itself is prefixed.</summary>
    public static string Label(string key)
    {
        var name = Snake(key);
        if (name.Length == 0)
            return "tag";
        return char.IsAsciiDigit(name[0]) || MetricNames.IsReservedLabel(name) ? "tag_" + name : name;
    }

    /// <summary>Lower-case letters and digits, single underscores between them.</summary>
    public static string Snake(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(char.ToLowerInvariant(c));
            else if (name.Length > 0 && name[^1] != '_')
                name.Append('_');
        }

        return name.ToString().TrimEnd('_');
    }
}
