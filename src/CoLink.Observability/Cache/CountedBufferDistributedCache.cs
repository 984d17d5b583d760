using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace CoLink.Observability.Cache;

/// <summary>The same for a cache that reads into buffers: a user who tests for that, as HybridCache does, must find it so.</summary>
internal sealed class CountedBufferDistributedCache(IBufferDistributedCache inner, CacheReads reads) : CountedDistributedCache(inner, reads), IBufferDistributedCache
{
    private readonly CacheReads _reads = reads;

    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        var found = inner.TryGet(key, destination);
        _reads.Count(found);
        return found;
    }

    public ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        var reading = inner.TryGetAsync(key, destination, token);
        if (!reading.IsCompletedSuccessfully)
            return CountAsync(reading);

        // A value task may be asked once.
        var found = reading.GetAwaiter().GetResult();
        _reads.Count(found);
        return ValueTask.FromResult(found);
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => inner.Set(key, value, options);

    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default) => inner.SetAsync(key, value, options, token);

    private async ValueTask<bool> CountAsync(ValueTask<bool> reading)
    {
        var found = await reading.ConfigureAwait(false);
        _reads.Count(found);
        return found;
    }
}
