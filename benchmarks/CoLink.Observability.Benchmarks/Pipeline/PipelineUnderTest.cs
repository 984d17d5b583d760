using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Prometheus;

namespace CoLink.Observability.Benchmarks.Pipeline;

/// <summary>
/// A web application of one contender whose requests are driven in process. One a process: OpenTelemetry's listeners and
/// prometheus-net's adapters see every host of their process, and the latter cannot be taken off again.
/// </summary>
internal sealed class PipelineUnderTest : IDisposable
{
    public const string Sync = "/sync/42";
    public const string Async = "/async/42";
    private const int MillisecondsWithoutExport = 3_600_000;

    private readonly WebApplication _app;
    private readonly RequestLoop _loop;
    private readonly ActivityListener? _spans;

    private PipelineUnderTest(WebApplication app, RequestLoop loop, ActivityListener? spans)
    {
        _app = app;
        _loop = loop;
        _spans = spans;
    }

    /// <param name="contender">Who measures.</param>
    /// <param name="sampled">Whether hosting creates an activity for each request, recorded, as tracing with a ratio of 1 has it.</param>
    /// <param name="series">How many request counters the one call's registry already holds.</param>
    public static PipelineUnderTest Start(Contender contender, bool sampled = false, int series = 0)
    {
        var server = new CapturingServer();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServer>(server);
        Add(contender, builder, series);
        var app = builder.Build();
        if (contender is Contender.PrometheusNet or Contender.PrometheusNetLean)
            UsePrometheusNet(app, contender);

        app.MapGet("/sync/{id}", context =>
        {
            context.Response.StatusCode = RequestFeatures<object>.ExpectedStatus;
            return Task.CompletedTask;
        });
        app.MapGet("/async/{id}", async context =>
        {
            await server.Loop!.Pending.WaitAsync();
            context.Response.StatusCode = RequestFeatures<object>.ExpectedStatus;
        });

        var spans = sampled ? Listen() : null;
        app.Start();
        if (contender == Contender.PrometheusNet)
            Metrics.DefaultRegistry.CollectAndExportAsTextAsync(Stream.Null).GetAwaiter().GetResult();
        Fill(app, series);
        return new PipelineUnderTest(app, server.Loop!, spans);
    }

    public void Run(string path, int requests) => _loop.Run(path, requests);

    public void Dispose()
    {
        _spans?.Dispose();
        _app.StopAsync().GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
    }

    private static void Add(Contender contender, WebApplicationBuilder builder, int series)
    {
        if (contender == Contender.CoLink)
        {
            builder.AddCoLinkObservability(options =>
            {
                // The logs and the traces have rows of their own.
                (options.Logging.Enabled, options.Tracing.Enabled) = (false, false);
                options.Metrics.MaxSeriesPerMetric = Math.Max(options.Metrics.MaxSeriesPerMetric, series * 2);
            });
        }

        if (contender == Contender.OpenTelemetry)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddReader(new PeriodicExportingMetricReader(new NoExporter(), MillisecondsWithoutExport)));
        }
    }

    /// <summary>As its README has it.</summary>
    private static void UsePrometheusNet(WebApplication app, Contender contender)
    {
        if (contender == Contender.PrometheusNetLean)
            Metrics.SuppressDefaultMetrics();
        app.UseRouting();
        app.UseHttpMetrics();
        app.MapMetrics();
    }

    private static void Fill(WebApplication app, int series)
    {
        if (series == 0)
            return;
        var requests = app.Services.GetRequiredService<MetricRegistry>().Counter(HttpCatalogue.Requests);
        for (var i = 0; i < series; i++)
            requests.With("GET", "/filler/" + i.ToString(CultureInfo.InvariantCulture), "200").Inc();
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class NoExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
