namespace CoLink.Observability.Cache;

/// <summary>The kind of cache that the app reads, in the order of the catalogue's label.</summary>
internal enum CacheKind
{
    Redis,
    Distributed,
    Hybrid,
    Memory,
}
