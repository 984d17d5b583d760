using System.Text;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Registry;

/// <summary>A registry of its own, its log lines, and what it writes, checked to be a valid exposition.</summary>
internal sealed class TestRegistry
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private TestRegistry(MetricRegistry registry, CollectingLogs logs)
    {
        Metrics = registry;
        Logs = logs;
    }

    public MetricRegistry Metrics { get; }

    public CollectingLogs Logs { get; }

    public static TestRegistry New(int limit = 1000, StaticRegistry? foreign = null, TimeProvider? time = null, params (string Metric, int Limit)[] limits)
    {
        var logs = new CollectingLogs();
        return new TestRegistry(
            new MetricRegistry(new SeriesLimits(limit, limits.ToDictionary(one => one.Metric, one => one.Limit)), logs.CreateLogger("registry"), foreign, time), logs);
    }

    public async Task<Scrape> ScrapeAsync()
    {
        await TextAsync(openMetrics: true);
        return Scrape.Parse(await TextAsync());
    }

    public async Task<string> TextAsync(bool openMetrics = false)
    {
        using var output = new MemoryStream();
        await Metrics.WriteAsync(output, openMetrics, CancellationToken.None);
        var text = Strict.GetString(output.ToArray());
        StrictExposition.Parse(text, openMetrics);
        return text;
    }

    public async Task<StrictExposition> ReadAsync(bool openMetrics) => StrictExposition.Parse(await TextAsync(openMetrics), openMetrics);

    /// <summary>The guard warns from the thread pool.</summary>
    public async Task<string> WarningAsync(int eventId) => (await Logs.SingleAsync(eventId)).Message;
}
