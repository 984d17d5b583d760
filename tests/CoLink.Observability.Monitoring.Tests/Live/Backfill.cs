using System.Globalization;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>A past for a Prometheus: samples written into blocks by promtool before it starts.</summary>
internal sealed class Backfill(DateTimeOffset end) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SortedDictionary<string, (string Type, List<string> Lines)> _families = new(StringComparer.Ordinal);

    /// <param name="family">The metric, of a counter without <c>_total</c>.</param>
    /// <param name="type">Its type in OpenMetrics.</param>
    /// <param name="series">The name and the labels of one series.</param>
    /// <param name="past">How far back it goes.</param>
    /// <param name="step">Between two samples.</param>
    /// <param name="value">Of the seconds since its first sample.</param>
    public void Add(string family, string type, string series, TimeSpan past, TimeSpan step, Func<double, double> value)
    {
        if (!_families.TryGetValue(family, out var known))
            _families[family] = known = (type, []);
        var start = end - past;
        for (var at = start; at <= end; at += step)
            known.Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{series} {value((at - start).TotalSeconds)} {at.ToUnixTimeSeconds()}"));
    }

    /// <summary>Writes the blocks where a Prometheus finds them.</summary>
    public async Task WriteAsync(string data)
    {
        var file = _folder.Write("past.om", string.Join('\n', _families.SelectMany(family => family.Value.Lines.Prepend($"# TYPE {family.Key} {family.Value.Type}")).Append("# EOF\n")));
        // Without the hidden flag a month is 360 blocks of two hours, and takes minutes.
        await Tool.RunAsync(RealServers.Promtool, "tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", file, data);
    }

    public void Dispose() => _folder.Dispose();
}
