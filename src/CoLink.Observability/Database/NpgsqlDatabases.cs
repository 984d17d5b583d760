using System.Collections.Concurrent;

namespace CoLink.Observability.Database;

/// <summary>
/// Which database a named data source opens. Its pool has only the name; its activities have both, and are read for it as long as a
/// pool's database is not known.
/// </summary>
internal sealed class NpgsqlDatabases
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Until the first scrape says which pools there are, every one may be wanted.</summary>
    private volatile bool _isWanted = true;

    /// <summary>Whether a pool waits for its database to be told.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>The database of a pool, from its name or from what was heard; null where it is not known.</summary>
    public string? Of(string pool) => NpgsqlPoolName.IsConnectionString(pool) ? NpgsqlPoolName.Database(pool) : _known.GetValueOrDefault(pool);

    public void Learn(string pool, string database)
    {
        if (NpgsqlPoolName.IsConnectionString(pool) || (_known.TryGetValue(pool, out var known) && known == database))
            return;

        // Counting takes each lock of the dictionary, and each command may come by here.
        if (_known.Count < NpgsqlPools.MaxPools)
            _known[pool] = database;
    }

    /// <summary>After a scrape: which named pools there are. The others are forgotten.</summary>
    public void Keep(IReadOnlySet<string> named)
    {
        foreach (var pool in _known.Keys)
        {
            if (!named.Contains(pool))
                _known.TryRemove(pool, out _);
        }

        _isWanted = named.Any(pool => !_known.ContainsKey(pool));
    }
}
