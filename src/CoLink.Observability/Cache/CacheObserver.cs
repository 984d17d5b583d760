using CoLink.Observability.Catalogue;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Cache;

/// <summary>Counts at the door of the app's caches: what the container hands out is decorated.</summary>
internal sealed class CacheObserver
{
    private const string RedisNamespace = "Microsoft.Extensions.Caching.StackExchangeRedis";

    private readonly HashSet<string> _seen = [];

    /// <param name="services">All of the app's services; there is no container yet.</param>
    public void Decorate(IServiceCollection services)
    {
        See(Sources.MemoryCache, ReplaceMemoryCaches(services));
        See(Sources.DistributedCache, Decoration.Decorate<IDistributedCache>(services, Decorate));
        See(Sources.HybridCache, Decoration.Decorate<HybridCache>(services, static (provider, cache) => new CountedHybridCache(cache, Reads(provider, CacheKind.Hybrid))));
    }

    public void Start(CacheMetrics metrics)
    {
        foreach (var source in (string[])[Sources.DistributedCache, Sources.HybridCache, Sources.MemoryCache])
            metrics.SourceActive(source, _seen.Contains(source));
    }

    /// <summary>Only the framework's own: any other would have to be wrapped, and no longer be what the app casts it to.</summary>
    private static bool ReplaceMemoryCaches(IServiceCollection services)
    {
        var places = Enumerable.Range(0, services.Count)
            .Where(i => services[i].ServiceType == typeof(IMemoryCache) && Decoration.TypeOf(services[i]) == typeof(MemoryCache)).ToArray();
        foreach (var place in places)
        {
            services[place] = Decoration.Replace(services[place], static provider => new CountedMemoryCache(
                provider.GetRequiredService<IOptions<MemoryCacheOptions>>(), provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance, Reads(provider, CacheKind.Memory)));
        }

        return places.Length > 0;
    }

    private static CountedDistributedCache Decorate(IServiceProvider provider, IDistributedCache cache)
    {
        var reads = Reads(provider, IsRedis(cache.GetType()) ? CacheKind.Redis : CacheKind.Distributed);
        return cache is IBufferDistributedCache buffers ? new CountedBufferDistributedCache(buffers, reads) : new CountedDistributedCache(cache, reads);
    }

    /// <summary>What the container makes is an internal heir of the public class.</summary>
    private static bool IsRedis(Type? type) => type is not null && (type.Namespace == RedisNamespace || IsRedis(type.BaseType));

    private static CacheReads Reads(IServiceProvider provider, CacheKind kind) => provider.GetRequiredService<CacheMetrics>().Reads(kind);

    private void See(string source, bool isThere)
    {
        if (isThere)
            _seen.Add(source);
    }
}
