using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>The one place that touches prometheus-net's static door.</summary>
internal static class ClientLibrary
{
#pragma warning disable RS0030 // To make a registry of our own, and to read the static one where the options say so: it stays the app's.
    public static CollectorRegistry NewRegistry() => Metrics.NewCustomRegistry();

    public static IMetricFactory Factory(CollectorRegistry registry, ExemplarBehavior exemplars)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = exemplars;
        return factory;
    }

    /// <summary>
    /// The app's static registry without its default adapters, which say what our families say under other names, and start event
    /// sources for the whole process. It has an effect only before the registry's first collection.
    /// </summary>
    public static CollectorRegistry StaticRegistry()
    {
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions
        {
            SuppressDebugMetrics = true,
            SuppressEventCounters = true,
            SuppressMeters = true,
            SuppressProcessMetrics = true,
        });
        return Metrics.DefaultRegistry;
    }
#pragma warning restore RS0030

    public static Task WriteAsync(CollectorRegistry registry, Stream output, bool openMetrics, CancellationToken cancellation) =>
        registry.CollectAndExportAsTextAsync(output, openMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, cancellation);
}
