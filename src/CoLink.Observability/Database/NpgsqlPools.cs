using System.Globalization;

namespace CoLink.Observability.Database;

/// <summary>
/// The pools of one scrape, under the names that Npgsql gives them: the name of a data source, or its connection string without the
/// password. A string must not become a label, so it is numbered within its database, with the lowest number that is free, for as
/// long as the pool lives. What is no longer reported is forgotten.
/// </summary>
/// <remarks>For one scrape at a time.</remarks>
internal sealed class NpgsqlPools
{
    /// <summary>Far beyond what a process opens. A driver that reports more is broken, and its pools count together from here on.</summary>
    public const int MaxPools = 10_000;

    private const string Rest = "_other";

    private readonly Dictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<int>> _free = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];

    /// <summary>The pools reported since <see cref="Begin"/>.</summary>
    public IEnumerable<Pool> Reported => _pools.Values;

    public void Begin()
    {
        foreach (var pool in _pools.Values)
            (pool.IsReported, pool.Active, pool.Idle, pool.Max) = (false, null, null, null);
    }

    public Pool Of(string name)
    {
        if (!_pools.TryGetValue(name, out var pool))
        {
            if (_pools.Count >= MaxPools)
                name = Rest;
            if (!_pools.TryGetValue(name, out pool))
                _pools.Add(name, pool = Create(name));
        }

        pool.IsReported = true;
        return pool;
    }

    /// <summary>Forgets what was not reported.</summary>
    public void End()
    {
        foreach (var (name, pool) in _pools)
        {
            if (!pool.IsReported)
                _gone.Add(name);
        }

        foreach (var name in _gone)
        {
            if (_pools.Remove(name, out var pool) && pool.Number > 0)
                Release(pool);
        }

        _gone.Clear();
    }

    private Pool Create(string name)
    {
        if (!NpgsqlPoolName.IsConnectionString(name))
            return new Pool(null, name, 0);
        var database = NpgsqlPoolName.Database(name) ?? "";
        var number = Take(database);
        return new Pool(database, number.ToString(CultureInfo.InvariantCulture), number);
    }

    /// <summary>The numbers below the highest that are free, and that one plus one.</summary>
    private int Take(string database)
    {
        if (!_free.TryGetValue(database, out var free))
            _free.Add(database, free = [1]);
        var number = free.Min;
        free.Remove(number);
        if (free.Count == 0)
            free.Add(number + 1);
        return number;
    }

    private void Release(Pool pool)
    {
        var free = _free[pool.Database!];
        free.Add(pool.Number);
        while (free.Contains(free.Max - 1))
            free.Remove(free.Max);
        if (free.Max == 1)
            _free.Remove(pool.Database!);
    }

    /// <param name="Database">Null where the name does not tell it.</param>
    /// <param name="Label">How it reads.</param>
    /// <param name="Number">0 for one that has a name.</param>
    internal sealed record Pool(string? Database, string Label, int Number)
    {
        public bool IsReported { get; set; }

        public double? Active { get; set; }

        public double? Idle { get; set; }

        public double? Max { get; set; }
    }
}
