using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing.AppExport;

/// <summary>An exporter that the app set up itself is watched as ours is.</summary>
[Collection(nameof(ProcessWide))]
public sealed class AppExportWatchTests
{
    /// <summary>What the collector answers, over which protocol, and the reason on the metrics.</summary>
    public static TheoryData<int, int, bool, string> Refusals { get; } = new()
    {
        { 401, 0, false, "unauthorized" },
        { 403, 0, false, "unauthorized" },
        { 413, 0, false, "too_large" },
        { 400, 0, false, "refused" },
        { 503, 0, false, "refused" },
        { 0, 16, true, "unauthorized" },
        { 0, 7, true, "unauthorized" },
        { 0, 3, true, "refused" },
        { 0, 14, true, "refused" },
        { 0, 4, true, "timeout" },
        { 401, 0, true, "unauthorized" },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_spans_are_counted_and_its_last_success_is_told(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        await using var app = await StartAsync(collector, grpc);

        await app.HelloAsync(30);

        // The one is told by a meter, the other by an event.
        var scrape = await app.ScrapeUntilAsync(s => s.Spans("exported") >= 30 && s.Value("colink_telemetry_last_success_timestamp_seconds", ("signal", "traces")) > 1.7e9);
        Assert.Equal(0, scrape.Spans("failed") + scrape.Spans("dropped"));
        Assert.Equal(0, scrape.Sum(TracedApp.Failures));
        await Eventually.IsTrue(() => collector.Servers().Length == 30);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Its_refusals_are_counted_by_reason_and_told_once(int http, int grpcStatus, bool grpc, string reason)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Refuse(http == 0 ? 200 : http, grpcStatus, "not you");
        await using var app = await StartAsync(collector, grpc);

        for (var i = 1; i <= 3; i++)
        {
            await app.HelloAsync();
            await app.ScrapeUntilAsync(scrape => scrape.Failed(reason) >= i);
        }

        var scrape = await app.ScrapeUntilAsync(s => s.Spans("failed") >= 3 && s.Value("colink_telemetry_export_consecutive_failures", ("signal", "traces")) >= 3);
        Assert.Equal(scrape.Failed(reason), scrape.Sum(TracedApp.Failures));
        var line = await app.Logs.SingleAsync(180);
        Assert.Contains($"{new Uri(grpc ? collector.Grpc : collector.Http, "/").GetLeftPart(UriPartial.Authority)}", line.Message, StringComparison.OrdinalIgnoreCase);

        collector.Answer = StubAnswer.Take;
        await app.HelloAsync();
        await Eventually.IsTrue(() => app.Logs.Of(181).Any());
        Assert.Equal(0, (await app.ScrapeAsync()).Value("colink_telemetry_export_consecutive_failures", ("signal", "traces")));
    }

    [Fact]
    public async Task Its_drops_are_counted_also_those_from_before_its_first_export()
    {
        await using var collector = await StubCollector.StartAsync();
        await using var app = await StartAsync(collector, grpc: true, new() { ["OTEL_BSP_MAX_QUEUE_SIZE"] = "8", ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = "8", ["OTEL_BSP_SCHEDULE_DELAY"] = "60000", ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1000" });
        collector.Answer = StubAnswer.Stall;

        await app.HelloAsync(100);
        collector.Answer = StubAnswer.Take;

        await app.ScrapeUntilAsync(scrape => scrape.Spans("dropped") > 0);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable()
    {
        await using var app = await StartAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"), grpc: true);
        await app.HelloAsync();
        await app.ScrapeUntilAsync(scrape => scrape.Failed("unreachable") >= 1);

        await using var other = await StartAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"), grpc: false);
        await other.HelloAsync();
        await other.ScrapeUntilAsync(scrape => scrape.Failed("unreachable") >= 1);
    }

    /// <summary>Events and meter are the process'; sources of spans are as well, so both hosts export the spans of both.</summary>
    [Fact]
    public async Task A_host_hears_its_own_exporters_alone()
    {
        await using StubCollector good = await StubCollector.StartAsync(), bad = await StubCollector.StartAsync();
        bad.Answer = StubAnswer.Refuse(401, 16);
        await using RunningApp one = await StartAsync(good, grpc: true), other = await StartAsync(bad, grpc: true);

        await one.HelloAsync(10);
        await other.HelloAsync(10);
        await other.ScrapeUntilAsync(scrape => scrape.Spans("failed") >= 20);
        await one.ScrapeUntilAsync(scrape => scrape.Spans("exported") >= 20);

        Assert.Equal(0, (await one.ScrapeAsync()).Sum(TracedApp.Failures) + (await one.ScrapeAsync()).Spans("failed"));
        Assert.Equal(0, (await other.ScrapeAsync()).Spans("exported"));
        Assert.Empty(one.Logs.Of(180));
        Assert.Contains(bad.Grpc.Authority, (await other.Logs.SingleAsync(180)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exporter_of_logs_is_none_of_traces()
    {
        await using StubCollector collector = await StubCollector.StartAsync(), logs = await StubCollector.StartAsync();
        await using var app = await StartAsync(collector, grpc: true, builder: b => b.Logging.AddOpenTelemetry(logging => OpenTelemetry.Logs.OtlpLogExporterHelperExtensions.AddOtlpExporter(
            logging, options => (options.Endpoint, options.ExportProcessorType) = (new Uri($"http://127.0.0.1:{FreePort.Next()}"), OpenTelemetry.ExportProcessorType.Simple))));

        await app.HelloAsync(5);
        await app.ScrapeUntilAsync(scrape => scrape.Spans("exported") >= 5);

        Assert.Equal(0, (await app.ScrapeAsync()).Sum(TracedApp.Failures));
    }

    private static Task<RunningApp> StartAsync(StubCollector collector, bool grpc, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? builder = null) =>
        StartAsync(grpc ? collector.Grpc : collector.Http, grpc, settings, builder);

    private static Task<RunningApp> StartAsync(Uri address, bool grpc, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? builder = null) => TracedApp.StartAsync(
        settings: new(settings ?? [])
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = grpc ? "grpc" : "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = settings?.GetValueOrDefault("OTEL_BSP_SCHEDULE_DELAY") ?? "50",
        },
        builder: b =>
        {
            b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter());
            builder?.Invoke(b);
        });
}
