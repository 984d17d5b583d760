namespace CoLink.Observability.Catalogue;

internal static class CacheCatalogue
{
    private const string RedisPackage = "the package CoLink.Observability.StackExchangeRedis, which asks every server in the background";
    private const string FilledBy = "every read through the container's caches, and where asked for of its Redis databases, that neither failed nor was given up";

    private static readonly MetricLabel Cache = MetricLabel.OneOf("cache", "redis", "distributed", "hybrid", "memory");

    private const string Kinds =
        " By the cache that the app asked: redis or distributed is IDistributedCache, hybrid HybridCache, memory IMemoryCache. What a cache reads on a cache below it is not counted again, so the sum over cache is what the app read.";

    public static readonly MetricDefinition Hits = new(
        "redis_hits_total", MetricKind.Counter,
        "Cache reads that found their key; of HybridCache, those answered without asking the source." + Kinds, Cache)
    { FilledBy = FilledBy };

    public static readonly MetricDefinition Misses = new(
        "redis_misses_total", MetricKind.Counter,
        "Cache reads that did not find their key; of HybridCache, those for which the source was asked." + Kinds, Cache)
    { FilledBy = FilledBy };

    public static readonly MetricDefinition MemoryUsed = new(
        "redis_memory_used_bytes", MetricKind.Gauge,
        "Memory that the Redis server says it uses. Absent while the server does not answer, and where it does not let this service ask.",
        "server")
    { FilledBy = RedisPackage };

    public static readonly MetricDefinition Reachable = new(
        "redis_client_reachable", MetricKind.Gauge,
        "1 while the Redis server answers this service, 0 while it does not. With several multiplexers to one server it is 1 while all of them are answered.",
        "server")
    { FilledBy = RedisPackage };

    public static readonly MetricDefinition[] All = [Hits, Misses, MemoryUsed, Reachable];
}
