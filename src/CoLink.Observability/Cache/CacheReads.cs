using System.Diagnostics.CodeAnalysis;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Cache;

/// <summary>The reads of one kind of cache. Its series begin with the first: frameworks register caches that nobody ever reads.</summary>
internal sealed class CacheReads(MetricRegistry registry, string kind)
{
    private CounterSeries? _hits;
    private CounterSeries? _misses;

    /// <summary>A read ended, and its key was there or not. One that failed or was given up is neither.</summary>
    public void Count(bool found)
    {
        try
        {
            Begin();
            (found ? _hits : _misses).Inc();
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Cache, exception);
        }
    }

    /// <summary>Both at once, so that a ratio of the two has its other half. Two threads that come first find the same series.</summary>
    [MemberNotNull(nameof(_hits), nameof(_misses))]
    private void Begin()
    {
        _hits ??= registry.Counter(CacheCatalogue.Hits).With(kind);
        _misses ??= registry.Counter(CacheCatalogue.Misses).With(kind);
    }
}
