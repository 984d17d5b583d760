using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Cache;

/// <summary>
/// The services as a cache sees them that is itself counted: the caches below it are the app's own, uncounted, so that a read of the
/// app's is one read wherever it ends, and what a cache reads for itself is none.
/// </summary>
/// <param name="services">The container's.</param>
/// <param name="isHybrid">Whether it is Microsoft's HybridCache that asks.</param>
internal sealed class CacheServices(IServiceProvider services, bool isHybrid) : IKeyedServiceProvider
{
    public object? GetService(Type serviceType) =>
        serviceType == typeof(IServiceProvider) || serviceType == typeof(IKeyedServiceProvider) ? this : Below(services.GetService(serviceType));

    public object? GetKeyedService(Type serviceType, object? serviceKey) => Below(Keyed.GetKeyedService(serviceType, serviceKey));

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => Below(Keyed.GetRequiredKeyedService(serviceType, serviceKey))!;

    private IKeyedServiceProvider Keyed => services as IKeyedServiceProvider ?? throw new InvalidOperationException("This service provider does not support keyed services.");

    private object? Below(object? service) => service switch
    {
        CountedDistributedCache { Inner: var cache } => IsIgnored(cache) ? null : cache,
        CountedMemoryCache cache => new UncountedMemoryCache(cache),
        CountedHybridCache { Inner: var cache } => cache,
        _ => service,
    };

    /// <summary>
    /// HybridCache leaves out a second level that is memory as well, where both levels are of exactly the framework's types. The
    /// first one is ours by now, so it could no longer tell: it is told that there is no second.
    /// </summary>
    private bool IsIgnored(IDistributedCache cache) =>
        isHybrid && cache.GetType() == typeof(MemoryDistributedCache) && services.GetService(typeof(IMemoryCache)) is CountedMemoryCache;
}
