using System.Collections.Concurrent;

namespace CoLink.Observability.Database;

/// <summary>The databases that were connected to: the errors of each start at 0 the first time, once.</summary>
internal sealed class SeenDatabases(DatabaseMetrics metrics, DbSystem system)
{
    /// <summary>A flood of names ends in the label guard; ours must not be remembered either.</summary>
    private const int Max = 1_000;

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private int _count;

    public void Saw(string? database)
    {
        database ??= "";
        if (_seen.ContainsKey(database) || Volatile.Read(ref _count) >= Max || !_seen.TryAdd(database, true))
            return;
        Interlocked.Increment(ref _count);
        metrics.Connects(system, database);
    }
}
