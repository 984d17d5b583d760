using System.Diagnostics;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using CoLink.Observability.Tracing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing.Export;

/// <summary>A collector that is down, slow and back. The service does not feel it, and every span has a fate.</summary>
[Collection(nameof(ProcessWide))]
public sealed class OutageTests
{
    private const string Queue = "OTEL_BSP_MAX_QUEUE_SIZE";
    private const string Batch = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
    private const string Delay = "OTEL_BSP_SCHEDULE_DELAY";
    private const string Timeout = "CoLink:Observability:Tracing:Otlp:Timeout";
    private const string ShutdownTimeout = "CoLink:Observability:Tracing:Otlp:ShutdownTimeout";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_the_export_hangs_requests_complete_and_what_is_held_is_bounded(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Stall;
        await using var app = await TracedApp.StartAsync(collector, grpc, new() { [Queue] = "64", [Batch] = "16", [Timeout] = "00:05:00", [ShutdownTimeout] = "00:00:00.1" });
        await app.HelloAsync();
        await Eventually.IsTrue(() => collector.Exports.Count == 1);
        var started = Stopwatch.GetTimestamp();

        await app.HelloAsync(500);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(2), "The requests waited for the export.");
        var ledger = app.Services.GetRequiredService<TracingObserver>().Ledger!;
        Assert.InRange(ledger.Held, 1, 64);
        var scrape = await app.ScrapeUntilAsync(s => s.Spans("dropped") >= 500 - 64);
        Assert.Equal(0, scrape.Spans("exported"));

        // It is told once a minute, and five hundred requests may take longer.
        await Eventually.IsTrue(() => app.Logs.Of(183).Any());
        Assert.Contains("beyond the 64 that are held they are dropped", app.Logs.Of(183).First().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collector_that_goes_and_comes_back_is_told_once_each_and_the_spans_of_between_are_failed(bool grpc)
    {
        // It comes back where it was: a port that no client of this process is given meanwhile.
        var (grpcPort, httpPort) = (FreePort.Next(), FreePort.Next());
        var collector = await StubCollector.StartAsync(grpcPort, httpPort);
        await using var app = await TracedApp.StartAsync(collector, grpc);

        // Its requests and its scrapes are no spans: what there is to export are the spans of the server, one a hello. Such a span ends
        // after the client has its answer, so each part begins when the fate of all spans before is known.
        using var client = app.SilentClient();
        await client.HelloAsync(5);
        var up = await Scrape.UntilAsync(client, scrape => scrape.Spans("exported") == 5);
        Assert.Equal(5, collector.Servers().Length);
        await collector.DisposeAsync();

        for (var i = 1; i <= 3; i++)
        {
            await client.HelloAsync();
            await Scrape.UntilAsync(client, scrape => scrape.Spans("failed") == i && scrape.Sum(TracedApp.Failures) == i);
        }

        var down = await Scrape.OfAsync(client);
        Assert.True(down.Failed("unreachable") >= 2);
        Assert.Equal(up.Value("colink_telemetry_last_success_timestamp_seconds", ("signal", "traces")), down.Value("colink_telemetry_last_success_timestamp_seconds", ("signal", "traces")));
        await using var back = await StubCollector.StartAsync(grpcPort, httpPort);
        await client.HelloAsync(7);
        await Scrape.UntilAsync(client, scrape => scrape.Spans("exported") == 5 + 7 && scrape.Value("colink_telemetry_export_consecutive_failures", ("signal", "traces")) == 0);

        await Eventually.IsTrue(() => app.Logs.Of(181).Any());

        Assert.Equal(7, back.Spans.Count);
        Assert.Equal(7, back.Servers().Length);
        Assert.Single(app.Logs.Of(180));
        Assert.Matches("again, after 3 exports that failed", Assert.Single(app.Logs.Of(181)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_the_host_waits_no_longer_than_it_is_told_for_a_collector_that_hangs_and_says_what_is_lost(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Stall;
        var app = await TracedApp.StartAsync(collector, grpc, new() { [Batch] = "4", [Timeout] = "00:05:00", [ShutdownTimeout] = "00:00:00.5" });
        await app.HelloAsync(20);
        await Eventually.IsTrue(() => collector.Exports.Count == 1);
        var metrics = app.Services.GetRequiredService<MetricRegistry>();
        var started = Stopwatch.GetTimestamp();

        // What a host's end does, which gives it five seconds: too near to the bound to be told from it on a busy machine.
        app.Services.GetRequiredService<TracerProvider>().Shutdown((int)TimeSpan.FromMinutes(4).TotalMilliseconds);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.4), TimeSpan.FromMinutes(1));
        await app.DisposeAsync();
        Assert.Matches("that were not exported to .* in time. CoLink:Observability:Tracing:Otlp:ShutdownTimeout is 00:00:00.5", Assert.Single(app.Logs.Of(184)).Message);

        // The export that was under way is broken off and has failed; what waited is dropped.
        var spans = metrics.Find(TracedApp.SpansTotal)!;
        await Eventually.IsTrue(() => spans.Read(["failed"]) >= 1 && spans.Read(["failed"]) + spans.Read(["dropped"]) >= 20);
        Assert.InRange(spans.Read(["failed"])!.Value, 1, 4);
        Assert.Equal(0, spans.Read(["exported"]));
    }

    /// <summary>Sixteen threads, a queue that is too small, a collector of whims.</summary>
    [Fact]
    public async Task Every_span_is_exported_failed_or_dropped_and_the_collector_has_what_is_exported()
    {
        await using var collector = await StubCollector.StartAsync();
        using var source = new ActivitySource("MyService.Jobs");
        var counter = new Counter();
        StubAnswer[] whims = [StubAnswer.Take, StubAnswer.Take, StubAnswer.Refuse(200, 14), StubAnswer.Cut, StubAnswer.Take];
        MetricFamily spans;
        await using (var app = await TracedApp.StartAsync(
            collector,
            settings: new() { [Queue] = "200", [Batch] = "50", [Delay] = "5", ["CoLink:Observability:Tracing:Sources"] = "MyService.*" },
            builder: b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(counter))))
        {
            spans = app.Services.GetRequiredService<MetricRegistry>().Find(TracedApp.SpansTotal)!;
            var threads = Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    for (var i = 0; i < 5_000; i++)
                    {
                        source.StartActivity("job")?.Dispose();
                        if (i % 500 == 0)
                            collector.Answer = whims[i / 500 % whims.Length];
                    }
                },
                TaskCreationOptions.LongRunning)).ToArray();
            await Task.WhenAll(threads);
            collector.Answer = StubAnswer.Take;
        }

        double exported = spans.Read(["exported"])!.Value, failed = spans.Read(["failed"])!.Value, dropped = spans.Read(["dropped"])!.Value;
        Assert.True(counter.Ended >= 80_000);
        Assert.Equal(counter.Ended, exported + failed + dropped);
        Assert.True(exported > 0 && dropped > 0, $"{exported} exported, {failed} failed, {dropped} dropped");
        Assert.Equal(exported, collector.Spans.Count);
        Assert.Equal(collector.Spans.Count, collector.Spans.Select(span => span.SpanId).Distinct().Count());
    }

    private sealed class Counter : BaseProcessor<Activity>
    {
        private long _ended;

        public long Ended => Interlocked.Read(ref _ended);

        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
                Interlocked.Increment(ref _ended);
        }
    }
}
