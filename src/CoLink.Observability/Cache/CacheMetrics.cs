using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Cache;

/// <summary>The cache family: hits and misses, by the kind of cache that the app asked.</summary>
internal sealed class CacheMetrics(MetricRegistry registry)
{
    private static readonly string[] Kinds = [.. CacheCatalogue.Hits.Labels[0].Values];

    private readonly CacheReads[] _reads = [.. Kinds.Select(kind => new CacheReads(registry, kind))];

    public CacheReads Reads(CacheKind kind) => _reads[(int)kind];

    /// <summary>Whether reads of this kind of cache are seen.</summary>
    public void SourceActive(string source, bool active) => registry.Gauge(SelfCatalogue.SourceActive).Set(active ? 1 : 0, source);
}
