using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>The one place that touches prometheus-net's static door, to get what is not static.</summary>
internal static class ClientLibrary
{
#pragma warning disable RS0030 // Only to make a registry of our own: the static one stays the app's.
    public static CollectorRegistry NewRegistry() => Metrics.NewCustomRegistry();

    public static IMetricFactory Factory(CollectorRegistry registry, ExemplarBehavior exemplars)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = exemplars;
        return factory;
    }
#pragma warning restore RS0030
}
