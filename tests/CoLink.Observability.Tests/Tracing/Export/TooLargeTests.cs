using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Tests.Tracing.Export;

/// <summary>More at once than the collector takes.</summary>
[Collection(nameof(ProcessWide))]
public sealed class TooLargeTests
{
    private const int Small = 100;
    private const int Limit = 8 * 1024;

    private static readonly Dictionary<string, string?> Settings = new() { ["CoLink:Observability:Tracing:Sources"] = "MyService.*", ["OTEL_BSP_SCHEDULE_DELAY"] = "60000" };

    [Theory]
    [InlineData(true, Small / 3)]
    [InlineData(false, Small / 3)]
    [InlineData(true, Small)]
    public async Task A_batch_that_is_too_large_goes_in_halves_each_span_once_and_what_is_too_large_alone_has_failed(bool grpc, int large)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.MostBytes = Limit;
        using var source = new ActivitySource("MyService.Jobs");
        await using var app = await TracedApp.StartAsync(collector, grpc, new(Settings));
        for (var i = 0; i <= Small; i++)
            source.StartActivity($"job {i}")!.SetTag("what", new string('x', i == large ? 2 * Limit : 100)).Dispose();

        app.Flush();

        var scrape = await app.ScrapeUntilAsync(scrape => scrape.Spans("exported") >= Small && scrape.Spans("failed") >= 1);
        Assert.Equal((Small, 1, 0), (scrape.Spans("exported"), scrape.Spans("failed"), scrape.Spans("dropped")));
        Assert.Equal(1, scrape.Failed("too_large"));
        Assert.Equal(Enumerable.Range(0, Small + 1).Except([large]).Select(i => $"job {i}").Order(), collector.Spans.Select(span => span.Name).Order());

        // The export works: one line tells of the span, and none of an outage that there is not.
        Assert.Contains("1 of its spans", (await app.Logs.SingleAsync(187)).Message, StringComparison.Ordinal);
        Assert.Empty(app.Logs.Of(180));
        Assert.Empty(app.Logs.Of(181));
        Assert.Equal(0, scrape.Value("colink_telemetry_export_consecutive_failures", ("signal", "traces")));
    }

    [Fact]
    public async Task A_collector_to_which_everything_is_too_large_is_not_asked_about_each_span()
    {
        await using var collector = await StubCollector.StartAsync();
        collector.MostBytes = 0;
        using var source = new ActivitySource("MyService.Jobs");
        await using var app = await TracedApp.StartAsync(collector, settings: new(Settings));
        for (var i = 0; i < 1_000; i++)
            source.StartActivity("job")!.Dispose();

        app.Flush();

        var scrape = await app.ScrapeUntilAsync(scrape => scrape.Spans("failed") >= 1_000);
        Assert.Equal((0, 1_000, 0), (scrape.Spans("exported"), scrape.Spans("failed"), scrape.Spans("dropped")));
        Assert.InRange(collector.Exports.Count, 1, 50);
        Assert.Contains("TooLarge", (await app.Logs.SingleAsync(180)).Message, StringComparison.Ordinal);
        Assert.Empty(app.Logs.Of(187));
        Assert.Equal(1, scrape.Value("colink_telemetry_export_consecutive_failures", ("signal", "traces")));
    }
}
