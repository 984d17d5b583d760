using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Sums what several tell of one pool: two clients of a server, or many connections of a database, are one series. It is told where
/// the app opens its connections, and nothing of it fails there.
/// </summary>
internal sealed class PoolTotals(DatabaseMetrics metrics, MetricRegistry registry)
{
    /// <summary>The label guard ends a flood of names at /metrics; what is beyond it must not be remembered here either.</summary>
    private const int MaxPools = 1_000;

    private const string Overflow = "_other";

    private readonly Dictionary<(DbSystem System, string Database, string Pool), PoolTotal> _pools = [];
    private readonly Lock _gate = new();
    private object? _companion;

    /// <summary>What a further package keeps for this host, made once.</summary>
    public T Companion<T>(Func<PoolTotals, T> make)
        where T : class
    {
        lock (_gate)
            return (T)(_companion ??= make(this));
    }

    /// <summary>The pool, which stays.</summary>
    public PoolTotal Of(DbSystem system, string database, string pool)
    {
        lock (_gate)
            return Find(system, database, pool);
    }

    /// <summary>The caller takes part until it calls <see cref="PoolTotal.Leave"/>; a pool that all have left is gone.</summary>
    public PoolTotal Join(DbSystem system, string database, string pool)
    {
        lock (_gate)
        {
            var total = Find(system, database, pool);
            total.Parts++;
            return total;
        }
    }

    private PoolTotal Find(DbSystem system, string database, string pool)
    {
        if (_pools.TryGetValue((system, database, pool), out var total))
            return total;
        if (_pools.Count >= MaxPools)
            (database, pool) = (Overflow, Overflow);
        if (!_pools.TryGetValue((system, database, pool), out total))
            _pools[(system, database, pool)] = total = new PoolTotal(this, system, database, pool);
        return total;
    }

    internal void Change(PoolTotal total, int active, int? idle, int? max)
    {
        try
        {
            lock (_gate)
            {
                total.Active += active;
                total.Idle = idle is null ? total.Idle : (total.Idle ?? 0) + idle;
                total.Max = max is null ? total.Max : (total.Max ?? 0) + max;
                metrics.Pool(total.System, total.Database, total.Pool, total.Active, total.Idle, total.Max);
            }
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
        }
    }

    internal void Leave(PoolTotal total, bool onlyIfUnused)
    {
        try
        {
            lock (_gate)
            {
                if (--total.Parts > 0 || (onlyIfUnused && total.Active > 0))
                    return;
                _pools.Remove((total.System, total.Database, total.Pool));
                metrics.Forget(total.System, total.Database, total.Pool);
            }
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
        }
    }
}

/// <summary>One pool, shared by those who joined it.</summary>
internal sealed class PoolTotal(PoolTotals totals, DbSystem system, string database, string pool)
{
    public DbSystem System => system;

    public string Database => database;

    public string Pool => pool;

    /// <summary>These four belong to <see cref="PoolTotals"/>, under its lock.</summary>
    public int Parts { get; set; }

    public int Active { get; set; }

    public int? Idle { get; set; }

    public int? Max { get; set; }

    /// <summary>By how much the caller's part has changed; what it cannot tell is null.</summary>
    public void Change(int active, int? idle = null, int? max = null) => totals.Change(this, active, idle, max);

    public void Leave() => totals.Leave(this, onlyIfUnused: false);

    /// <summary>The same for one whose connections may still be open in other hands, where the pool stays.</summary>
    public void LeaveIfUnused() => totals.Leave(this, onlyIfUnused: true);
}
