using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Cache;

/// <summary>
/// The framework's own cache in memory, whose reads through the interface are counted. It is one rather than holds one, because apps
/// cast what they are given to <see cref="MemoryCache"/>, to clear or to compact it.
/// </summary>
internal sealed class CountedMemoryCache(IOptions<MemoryCacheOptions> options, ILoggerFactory loggers, CacheReads reads) : MemoryCache(options, loggers), IMemoryCache
{
    bool IMemoryCache.TryGetValue(object key, out object? value)
    {
        var found = TryGetValue(key, out value);
        reads.Count(found);
        return found;
    }
}
