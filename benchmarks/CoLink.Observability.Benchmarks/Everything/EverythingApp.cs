using CoLink.Observability.Benchmarks.Pipeline;
using CoLink.Observability.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prometheus;
using Serilog;
using Serilog.Configuration;

namespace CoLink.Observability.Benchmarks.Everything;

/// <summary>A web application whose requests are driven in process, and whose signals go out by the network. One a process.</summary>
internal sealed class EverythingApp : IDisposable
{
    private const string Path = "/orders/42";
    private const string Name = "orders";

    /// <summary>Requests at once, and the pause behind them: what is exported keeps up, so that nothing is dropped, which would cost less.</summary>
    private const int Together = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Longer than the second that lines wait for others at most.</summary>
    private static readonly TimeSpan LinesWait = TimeSpan.FromMilliseconds(1_200);

    private readonly WebApplication _app;
    private readonly RequestLoop _loop;

    private EverythingApp(WebApplication app, RequestLoop loop) => (_app, _loop) = (app, loop);

    public static EverythingApp Start(Setup setup, Uri collector, Uri loki)
    {
        var server = new CapturingServer();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });

        // As every template has it, for the logs of both.
        builder.Configuration["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning";
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServer>(server);
        if (setup.Wiring == Wiring.CoLink)
            AddOurs(builder, setup, collector, loki);
        else if (setup.Wiring != Wiring.Bare)
            AddTheirs(builder, setup, collector, loki);
        var app = builder.Build();
        if (setup.Wiring is Wiring.ByHand or Wiring.ByHandLean)
            UseTheirs(app, setup);
        app.MapGet("/orders/{id}", context =>
        {
            context.Response.StatusCode = RequestFeatures<object>.ExpectedStatus;
            return Task.CompletedTask;
        });
        app.Start();
        if (setup.Wiring == Wiring.ByHand && setup.Signals.HasFlag(Signals.Metrics))
            Prometheus.Metrics.DefaultRegistry.CollectAndExportAsTextAsync(Stream.Null).GetAwaiter().GetResult();
        return new EverythingApp(app, server.Loop!);
    }

    /// <summary>Returns when all that it told of these requests has gone out.</summary>
    public void Run(int requests)
    {
        for (var i = 0; i < requests; i += Together)
        {
            _loop.Run(Path, Together);
            Thread.Sleep(Pause);
        }

        _app.Services.GetService<TracerProvider>()?.ForceFlush();
        Thread.Sleep(LinesWait);
    }

    public void Dispose()
    {
        _app.StopAsync().GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
    }

    private static void AddOurs(WebApplicationBuilder builder, Setup setup, Uri collector, Uri loki) => builder.AddCoLinkObservability(options =>
    {
        options.ServiceName = Name;
        options.Http.Enabled = setup.Signals.HasFlag(Signals.Metrics);
        options.Tracing.Enabled = setup.Signals.HasFlag(Signals.Traces);
        options.Tracing.SamplingRatio = setup.Ratio;
        options.Tracing.Otlp.Endpoint = collector.AbsoluteUri;
        options.Logging.Enabled = options.Logging.RequestLogging = setup.Signals.HasFlag(Signals.Logs);
        options.Logging.Console = ConsoleFormat.None;
        options.Logging.Loki.Url = loki.AbsoluteUri;
    });

    private static void AddTheirs(WebApplicationBuilder builder, Setup setup, Uri collector, Uri loki)
    {
        if (setup.Signals.HasFlag(Signals.Traces))
        {
            builder.Services.AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService(Name))
                .WithTracing(tracing => tracing
                    .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(setup.Ratio)))
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddOtlpExporter(options => options.Endpoint = collector));
        }

        if (setup.Signals.HasFlag(Signals.Logs))
        {
            builder.Services.AddSerilog((_, logger) => logger
                .MinimumLevel.Override("Microsoft.AspNetCore", Serilog.Events.LogEventLevel.Warning)
                .Enrich.FromLogContext()
                .WriteTo.Sink(new GrafanaLokiSink(loki, Name), GrafanaLokiSink.Batching));
        }
    }

    private static void UseTheirs(WebApplication app, Setup setup)
    {
        if (setup.Signals.HasFlag(Signals.Logs))
            app.UseSerilogRequestLogging();
        if (!setup.Signals.HasFlag(Signals.Metrics))
            return;
        if (setup.Wiring == Wiring.ByHandLean)
            Prometheus.Metrics.SuppressDefaultMetrics();
        app.UseRouting();
        app.UseHttpMetrics();
        app.MapMetrics();
    }
}
