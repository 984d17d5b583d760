using System.Text.RegularExpressions;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry.Meters;

/// <summary>
/// An instrument's unit as a name's ending, and the way to the base unit. The units are UCUM's, as OpenTelemetry prescribes them,
/// and the words that older meters use.
/// </summary>
internal sealed partial record InstrumentUnit(string Suffix, double Factor = 1, double Divisor = 1)
{
    public static readonly InstrumentUnit None = new("");

    private static readonly InstrumentUnit Seconds = new("seconds");
    private static readonly InstrumentUnit Bytes = new("bytes");

    private static readonly Dictionary<string, InstrumentUnit> Known = Table(
        (Seconds, ["s", "sec", "second", "seconds"]),
        (Seconds with { Divisor = 1e3 }, ["ms", "millisecond", "milliseconds"]),
        (Seconds with { Divisor = 1e6 }, ["us", "µs", "μs", "microsecond", "microseconds"]),
        (Seconds with { Divisor = 1e9 }, ["ns", "nanosecond", "nanoseconds"]),
        (Seconds with { Factor = 60 }, ["min", "minute", "minutes"]),
        (Seconds with { Factor = 3600 }, ["h", "hour", "hours"]),
        (Seconds with { Factor = 86400 }, ["d", "day", "days"]),
        (Bytes, ["By", "B", "byte", "bytes"]),
        (Bytes with { Factor = 1e3 }, ["kBy", "KBy", "kB", "KB"]),
        (Bytes with { Factor = 1e6 }, ["MBy", "MB"]),
        (Bytes with { Factor = 1e9 }, ["GBy", "GB"]),
        (Bytes with { Factor = 1L << 10 }, ["KiBy", "KiB"]),
        (Bytes with { Factor = 1L << 20 }, ["MiBy", "MiB"]),
        (Bytes with { Factor = 1L << 30 }, ["GiBy", "GiB"]),
        (new("ratio", Divisor: 100), ["%", "percent"]),
        (new("celsius"), ["Cel"]),
        (new("hertz"), ["Hz"]),
        (new("joules"), ["J"]),
        (new("watts"), ["W"]),
        (new("volts"), ["V"]),
        (new("amperes"), ["A"]),
        (new("meters"), ["m"]));

    /// <summary>Division where the unit is a fraction: 5 ms is .005 s then, not a neighbour of it, and bounds stay readable.</summary>
    public double Scale(double value) => value * Factor / Divisor;

    public static InstrumentUnit Of(string? unit, MetricKind kind)
    {
        var text = Annotation().Replace(unit ?? "", "").Trim();
        if (text == "1")
            return kind == MetricKind.Gauge ? new InstrumentUnit("ratio") : None;
        if (Known.TryGetValue(text, out var known))
            return known;
        var parts = text.Split('/', 2);
        if (parts.Length == 1)
            return new InstrumentUnit(MeterNames.Snake(text));

        // A rate stays as it is counted: only its words are written out.
        var dividend = Known.TryGetValue(parts[0], out var above) && above.Scale(1) == 1 ? above.Suffix : MeterNames.Snake(parts[0]);
        var divisor = Known.TryGetValue(parts[1], out var below) && below.Scale(1) == 1 ? below.Suffix.TrimEnd('s') : MeterNames.Snake(parts[1]);
        return new InstrumentUnit(divisor.Length == 0 ? dividend : $"{dividend}_per_{divisor}".TrimStart('_'));
    }

    private static Dictionary<string, InstrumentUnit> Table(params (InstrumentUnit Unit, string[] Names)[] rows) =>
        rows.SelectMany(row => row.Names, (row, name) => (row.Unit, Name: name)).ToDictionary(row => row.Name, row => row.Unit, StringComparer.Ordinal);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Annotation();
}
