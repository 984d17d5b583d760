using CoLink.Observability.Registry;

namespace MessagingService;

/// <summary>What this service alone has to say; the families of the platform fill themselves.</summary>
internal sealed class MessagingMetrics(MetricRegistry registry)
{
    public CounterSeries CacheFailures { get; } =
        registry.Counter("messaging_cache_failures_total", "Uses of the cache that failed; the database answered instead.").With();
}
