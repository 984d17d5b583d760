namespace CoLink.Observability.Catalogue;

internal static class CacheCatalogue
{
    private static readonly MetricLabel Cache = MetricLabel.OneOf("cache", "redis", "distributed", "hybrid", "memory");

    public static readonly MetricDefinition Hits = MetricDefinition.Planned("redis_hits_total", MetricKind.Counter, "Cache reads that found their key.", Cache);

    public static readonly MetricDefinition Misses = MetricDefinition.Planned("redis_misses_total", MetricKind.Counter, "Cache reads that did not find their key.", Cache);

    public static readonly MetricDefinition MemoryUsed = MetricDefinition.Planned("redis_memory_used_bytes", MetricKind.Gauge, "Memory that the Redis server says it uses.", "server");

    public static readonly MetricDefinition Reachable = MetricDefinition.Planned("redis_client_reachable", MetricKind.Gauge, "1 while the Redis server answers this service, 0 while it does not.", "server");

    public static readonly MetricDefinition[] All = [Hits, Misses, MemoryUsed, Reachable];
}
