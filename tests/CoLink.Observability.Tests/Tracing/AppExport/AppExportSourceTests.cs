using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.AppExport;
using CoLink.Observability.Tracing.Export;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing.AppExport;

/// <summary>The events of an exporter of the app's.</summary>
public sealed class OtlpExporterSourceTests : AppExportSource
{
    private protected override string Source => Sources.OtlpExporter;

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        var metrics = new TracingMetrics(registry);
        using var watch = new AppExportWatch(() => true, metrics, new ExportMonitor("x", metrics, TimeProvider.System, NullLogger.Instance), registry);
        foreach (var id in (int[])[-1, 0, 2, 3, 4, 12, 16, 17, 18, 19, 20, 21, 23, 39, 40, 41, 99])
        {
            watch.Heard(id, []);
            watch.Heard(id, [null, null, null]);
            watch.Heard(id, [5, new object(), "x"]);
            watch.Heard(id, ["http://x", "does not indicate success: 99999999999", "StatusCode=\"Odd\", Detail=\"\""]);
        }

        return Task.CompletedTask;
    }
}

/// <summary>The meter of OpenTelemetry's own processors.</summary>
public sealed class OtelSdkSourceTests : AppExportSource
{
    private protected override string Source => Sources.OtelSdk;

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        using var meter = new System.Diagnostics.Metrics.Meter(Sources.OtelSdk);
        var spans = meter.CreateCounter<long>("otel.sdk.processor.span.processed");
        spans.Add(1);
        spans.Add(-5, new KeyValuePair<string, object?>("otel.component.name", "a"));
        spans.Add(1, new("otel.component.name", 7), new("error.type", null));
        for (var i = 0; i < 200; i++)
            spans.Add(1, new("otel.component.name", $"unknown {i}"), new("error.type", "queue_full"));
        meter.CreateCounter<double>("otel.sdk.processor.span.processed").Add(1);
        meter.CreateHistogram<long>("otel.sdk.exporter.span.exported").Record(1);
        return Task.CompletedTask;
    }
}

public abstract class AppExportSource : ObserverConformance, IAsyncLifetime
{
    private StubCollector _collector = null!;

    private protected override MetricDefinition[] Metrics =>
        [SelfCatalogue.Spans, SelfCatalogue.ExportFailures, SelfCatalogue.ConsecutiveFailures, SelfCatalogue.LastSuccess];

    private protected override string Observer => Observers.Tracing;

    public async ValueTask InitializeAsync() => _collector = await StubCollector.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _collector.DisposeAsync();
    }

    private protected override void Build(WebApplicationBuilder builder)
    {
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Grpc.ToString();
        builder.Configuration["OTEL_BSP_SCHEDULE_DELAY"] = "50";
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter());
    }

    private protected override double Heard(Scrape scrape) => scrape.Spans("exported") ?? 0;

    private protected override async Task SpeakAsync(RunningApp app) => Assert.Equal("yes", await app.Client.GetStringAsync(Alive));
}
