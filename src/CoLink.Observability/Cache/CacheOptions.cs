namespace CoLink.Observability.Cache;

/// <summary>The cache family.</summary>
public sealed class CacheOptions
{
    internal CacheOptions()
    {
    }

    /// <summary>Whether reads of the app's caches are counted as hits and misses. Default: true.</summary>
    public bool Enabled { get; set; } = true;
}
