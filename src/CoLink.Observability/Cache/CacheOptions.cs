namespace CoLink.Observability.Cache;

/// <summary>The cache family.</summary>
public sealed class CacheOptions
{
    internal CacheOptions()
    {
    }

    /// <summary>
    /// Whether reads of the app's caches are counted as hits and misses. The container's <c>IDistributedCache</c> and <c>HybridCache</c>
    /// are then behind ones of the library's, so a service must not cast them to their own types. Default: true.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
