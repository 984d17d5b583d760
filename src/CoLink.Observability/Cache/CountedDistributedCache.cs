using Microsoft.Extensions.Caching.Distributed;

namespace CoLink.Observability.Cache;

/// <summary>
/// Counts the reads of a distributed cache. A read that ends at once is passed on as it is; one that does not costs an async frame.
/// The container keeps and disposes of the cache itself, so this is nothing to dispose of.
/// </summary>
internal class CountedDistributedCache(IDistributedCache inner, CacheReads reads) : IDistributedCache
{
    /// <summary>The app's own.</summary>
    public IDistributedCache Inner => inner;

    public byte[]? Get(string key)
    {
        var value = inner.Get(key);
        reads.Count(value is not null);
        return value;
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var reading = inner.GetAsync(key, token);
        if (!reading.IsCompletedSuccessfully)
            return CountAsync(reading);
        reads.Count(reading.GetAwaiter().GetResult() is not null);
        return reading;
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => inner.Set(key, value, options);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => inner.SetAsync(key, value, options, token);

    public void Refresh(string key) => inner.Refresh(key);

    public Task RefreshAsync(string key, CancellationToken token = default) => inner.RefreshAsync(key, token);

    public void Remove(string key) => inner.Remove(key);

    public Task RemoveAsync(string key, CancellationToken token = default) => inner.RemoveAsync(key, token);

    private async Task<byte[]?> CountAsync(Task<byte[]?> reading)
    {
        var value = await reading.ConfigureAwait(false);
        reads.Count(value is not null);
        return value;
    }
}
