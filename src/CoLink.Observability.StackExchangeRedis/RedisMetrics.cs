using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>What is said about Redis servers. A family begins with its first value: what no server tells is absent rather than 0.</summary>
internal sealed class RedisMetrics(MetricRegistry registry)
{
    private const string Cache = "redis";

    private GaugeFamily? _reachable;
    private GaugeFamily? _memoryUsed;

    public void SourceActive(bool active) => registry.Gauge(SelfCatalogue.SourceActive).With(Sources.Redis).Set(active ? 1 : 0);

    public void Reachable(string server, bool reachable) => (_reachable ??= registry.Gauge(CacheCatalogue.Reachable)).Set(reachable ? 1 : 0, server);

    /// <param name="server">Which server.</param>
    /// <param name="bytes">Null where it is not known now: the last value must not be shown as if it were.</param>
    public void MemoryUsed(string server, double? bytes)
    {
        if (bytes is { } known)
            (_memoryUsed ??= registry.Gauge(CacheCatalogue.MemoryUsed)).Set(known, server);
        else
            _memoryUsed?.Remove([server]);
    }

    public void Gone(string server)
    {
        _memoryUsed?.Remove([server]);
        _reachable?.Remove([server]);
    }

    /// <summary>Both at 0 from now on: the first miss must be an increase.</summary>
    public (CounterSeries Hits, CounterSeries Misses) Reads() =>
        (registry.Counter(CacheCatalogue.Hits).With(Cache), registry.Counter(CacheCatalogue.Misses).With(Cache));
}
