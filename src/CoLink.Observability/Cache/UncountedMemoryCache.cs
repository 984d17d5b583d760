using Microsoft.Extensions.Caching.Memory;

namespace CoLink.Observability.Cache;

/// <summary>The same cache for those who are counted themselves: what HybridCache keeps in the app's memory is no read of the app's.</summary>
internal sealed class UncountedMemoryCache(CountedMemoryCache cache) : IMemoryCache
{
    private readonly MemoryCache _cache = cache;

    public bool TryGetValue(object key, out object? value) => _cache.TryGetValue(key, out value);

    public ICacheEntry CreateEntry(object key) => _cache.CreateEntry(key);

    public void Remove(object key) => _cache.Remove(key);

    public MemoryCacheStatistics? GetCurrentStatistics() => _cache.GetCurrentStatistics();

    /// <summary>It is the container's.</summary>
    public void Dispose()
    {
    }
}
