using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Counts the connections that EF opened and that are open still. A context that goes away closes its connection without an event of
/// EF's, so the end is heard from the connection itself.
/// </summary>
internal sealed class OpenedConnections
{
    /// <summary>How the label <c>pool</c> reads: EF knows connections, not pools.</summary>
    private const string Pool = "ef";

    /// <summary>Beyond these, databases count together. A service with a file for each tenant may have any number.</summary>
    private const int MaxDatabases = 1_000;

    private readonly DatabaseMetrics _metrics;
    private readonly PoolGauges _gauges;
    private readonly ConcurrentDictionary<(DbSystem System, string Database), Opened> _databases = new();
    private readonly ConditionalWeakTable<string, string> _files = [];

    public OpenedConnections(DatabaseMetrics metrics, MetricRegistry registry)
    {
        _metrics = metrics;
        _gauges = new PoolGauges(registry);
        registry.BeforeScrape(Observers.Database, Refresh);
    }

    public void Add(DbConnection connection, DbSystem system) => Of(connection, system).Add(connection);

    /// <summary>Its errors can be told from now on; its connections are counted by its driver.</summary>
    public void Know(DbConnection connection, DbSystem system) => Of(connection, system);

    public string DatabaseOf(DbConnection connection, DbSystem system) =>
        system == DbSystem.Sqlite ? _files.GetValue(connection.ConnectionString, SqliteFile.Of) : connection.Database;

    private Opened Of(DbConnection connection, DbSystem system)
    {
        var database = DatabaseOf(connection, system);
        if (_databases.TryGetValue((system, database), out var opened))
            return opened;
        if (_databases.Count >= MaxDatabases)
            database = LabelValues.Other;
        _metrics.Connects(system, database);
        return _databases.GetOrAdd((system, database), static _ => new Opened());
    }

    private void Refresh()
    {
        foreach (var ((system, database), opened) in _databases)
        {
            if (opened.IsCounted)
                _gauges.Add(system, database, Pool, opened.Count, null, null);
        }

        _gauges.Show();
    }

    private sealed class Opened
    {
        private readonly StateChangeEventHandler _onChange;
        private int _count;

        public Opened() => _onChange = OnChange;

        public bool IsCounted { get; private set; }

        public int Count => Volatile.Read(ref _count);

        public void Add(DbConnection connection)
        {
            IsCounted = true;
            connection.StateChange += _onChange;
            Interlocked.Increment(ref _count);
        }

        /// <summary>Runs where the connection is closed; nothing in it can fail.</summary>
        private void OnChange(object sender, StateChangeEventArgs change)
        {
            if (change.CurrentState is not (ConnectionState.Closed or ConnectionState.Broken) || sender is not DbConnection connection)
                return;
            connection.StateChange -= _onChange;
            Interlocked.Decrement(ref _count);
        }
    }
}
