using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tracing.AppExport;
using CoLink.Observability.Tracing.Export;
using CoLink.Observability.Tracing.Otlp;
using CoLink.Observability.Tracing.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tracing;

/// <summary>Configures the one provider of the host, first and last of all who do, and watches the export.</summary>
internal sealed class TracingObserver(
    TracingOptions options, TracedService service, Variables variables, SpanRedaction redaction, MetricRegistry registry, TimeProvider time, ILogger<TracingObserver> logger)
    : IDisposable
{
    /// <summary>Flows into the threads that are started while the provider is built: those of its exporters.</summary>
    private readonly AsyncLocal<bool> _isBuilding = new();
    private readonly RecordedExceptions _exceptions = new(redaction, registry);
    private Sampling? _sampling;
    private bool _areOptionsMade;
    private AppExportWatch? _watch;

    /// <summary>Called before the provider is built.</summary>
    public Action Building { get; init; } = static () => { };

    /// <summary>Whether the app has given the provider an OTLP exporter; null where that cannot be seen.</summary>
    public Func<TracerProviderBuilder, bool?> Exporters { get; init; } = OtlpExporters.AreIn;

    /// <summary>Which road spans take, for the start-up line.</summary>
    public string Road { get; private set; } = "made, and not exported";

    /// <summary>How the export goes; null where nothing is exported by OTLP.</summary>
    public ExportMonitor? Monitor { get; private set; }

    /// <summary>Where the spans are that were to be exported; null where the library exports none.</summary>
    public SpanLedger? Ledger { get; private set; }

    /// <summary>Before the app's own configuration: what it says of the sampler wins, and its exporters see what is redacted.</summary>
    /// <param name="builder">The provider's.</param>
    /// <param name="hasOtlp">Whether the app has asked for an OTLP exporter of all signals.</param>
    public void Begin(TracerProviderBuilder builder, bool hasOtlp)
    {
        _areOptionsMade = hasOtlp;
        Building();
        _isBuilding.Value = true;
        _sampling = Sampling.Of(options.SamplingRatio, variables);
        builder.SetSampler(_sampling.Sampler);
        builder.AddProcessor(new SpanRedactor(options.RecordSql, redaction, registry));
    }

    /// <summary>The app made options of an OTLP exporter; while the provider is built that is one of traces.</summary>
    public void OptionsAreMade() => _areOptionsMade |= _isBuilding.Value;

    /// <summary>After the app's own configuration: what exports is there to be seen.</summary>
    /// <exception cref="OptionsValidationException">A variable of OpenTelemetry's is needed and invalid.</exception>
    public void End(TracerProviderBuilder builder, IServiceProvider services)
    {
        _isBuilding.Value = false;
        builder.ConfigureResource(Describe);
        var isExported = IsExportedByTheApp(builder);
        if (isExported && options.Otlp.Endpoint is null)
            Watch();
        else if (OtlpTarget.IsGiven(options.Otlp, variables))
            Export(builder, OtlpTarget.Of(options.Otlp, variables), services.GetRequiredService<IOptionsMonitor<BatchExportActivityProcessorOptions>>().CurrentValue, isExported);
    }

    /// <summary>Builds the provider where nobody has, and redacts exceptions from then on.</summary>
    public void Start(IServiceProvider services)
    {
        _ = services.GetService<TracerProvider>();
        _exceptions.Start();
    }

    public void Dispose()
    {
        _exceptions.Dispose();
        _watch?.Dispose();
    }

    private void Describe(ResourceBuilder resource) => resource
        .AddService(service.Name, service.Namespace, service.Version, autoGenerateServiceInstanceId: false, service.Instance)
        .AddAttributes([new("deployment.environment.name", service.Environment)]);

    private bool IsExportedByTheApp(TracerProviderBuilder builder)
    {
        if (Exporters(builder) is { } seen)
            return seen;
        Log.ExportersUnseen(logger, _areOptionsMade);
        return _areOptionsMade;
    }

    private void Watch()
    {
        Road = "exported by the app";
        try
        {
            var metrics = new TracingMetrics(registry);
            Monitor = new ExportMonitor("the collector of the app's exporter", metrics, time, logger);
            _watch = new AppExportWatch(() => _isBuilding.Value, metrics, Monitor, registry);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Tracing, exception);
        }
    }

    private void Export(TracerProviderBuilder builder, OtlpTarget target, BatchExportProcessorOptions<Activity> batches, bool isExported)
    {
        Road = $"{target}, {(IsSampledByTheApp(builder) ? "as the app's sampler decides" : _sampling?.Description)}";
        if (isExported)
            Log.ExportedTwice(logger, target.ToString());
        var metrics = Metrics();
        Monitor = new ExportMonitor(target.ToString(), metrics, time, logger);
        var sizes = QueueSizes.Of(batches, variables);
        Ledger = new SpanLedger(sizes.Queue, metrics);
        builder.AddProcessor(new SpanQueue(SpanExporter.Create(target, Ledger, Monitor), Ledger, Monitor, batches.ScheduledDelayMilliseconds, sizes.Batch) { ShutdownTimeout = options.Otlp.ShutdownTimeout });
    }

    /// <summary>For the start-up line alone, so that what cannot be seen is no harm.</summary>
    [DynamicDependency(nameof(Sampler), "OpenTelemetry.Trace.TracerProviderBuilderSdk", "OpenTelemetry")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The property is kept by name above.")]
    private bool IsSampledByTheApp(TracerProviderBuilder builder) =>
        builder.GetType().GetProperty(nameof(Sampler))?.GetValue(builder) is Sampler sampler && !ReferenceEquals(sampler, _sampling?.Sampler);

    /// <summary>Null where they cannot be declared: spans are exported then, and nobody counts them.</summary>
    private TracingMetrics? Metrics()
    {
        try
        {
            return new TracingMetrics(registry);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Tracing, exception);
            return null;
        }
    }
}
