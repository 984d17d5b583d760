using System.Diagnostics;
using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Listens to Npgsql's meter, of version 10 and of 9, which named everything differently: pools, pools without a connection left,
/// failures that no activity tells, and, where commands are not told apart by operation, their durations.
/// </summary>
internal sealed class NpgsqlMeterListener : IDisposable
{
    private readonly DatabaseMetrics _metrics;
    private readonly MetricRegistry _registry;
    private readonly NpgsqlDatabases _databases;
    private readonly bool _operations;
    private readonly PoolGauges _gauges;
    private readonly NpgsqlPools _pools = new();
    private readonly MeterListener _listener = new();
    private bool _tellsEveryReason;
    private int _isRefreshed;

    /// <param name="metrics">What is said.</param>
    /// <param name="registry">Where failures are counted, and whose scrape asks for the pools.</param>
    /// <param name="databases">Knows the databases of named pools.</param>
    /// <param name="operations">Whether the activities tell the commands; else the meter does.</param>
    public NpgsqlMeterListener(DatabaseMetrics metrics, MetricRegistry registry, NpgsqlDatabases databases, bool operations)
    {
        (_metrics, _registry, _databases, _operations) = (metrics, registry, databases, operations);
        _gauges = new PoolGauges(registry);
        _listener.InstrumentPublished = Published;
        Listen<int>(static value => value);
        Listen<long>(static value => value);
        Listen<double>(static value => value);
    }

    private delegate void Measured(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    public void Start() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    /// <summary>Runs where the driver makes its instruments, and must not fail there.</summary>
    private void Published(Instrument instrument, MeterListener listener)
    {
        try
        {
            if (instrument.Meter.Name != Sources.Npgsql || MeasuredBy(instrument) is not { } measured)
                return;
            listener.EnableMeasurementEvents(instrument, measured);
            _metrics.SourceActive(Sources.Npgsql, true);
            if (instrument.IsObservable && Interlocked.Exchange(ref _isRefreshed, 1) == 0)
                _registry.BeforeScrapeAskTheApp(Observers.Database, Refresh);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
    }

    /// <summary>Null for what is not wanted, and for what has a wanted name and is something else.</summary>
    private Measured? MeasuredBy(Instrument instrument)
    {
        _tellsEveryReason |= instrument.Name.StartsWith("db.client.connection.", StringComparison.Ordinal);
        return instrument.Name switch
        {
            "db.client.connection.count" or "db.client.connections.usage" when IsLevel(instrument) => Connections,
            "db.client.connection.max" or "db.client.connections.max" when IsLevel(instrument) => Limit,
            "db.client.connection.npgsql.timeouts" or "db.client.connections.timeouts" when instrument is Counter<int> => TimedOut,
            "db.client.operation.failed" or "db.client.commands.failed" when instrument is Counter<int> => Failed,
            "db.client.operation.duration" or "db.client.commands.duration" when instrument is Histogram<double> && !_operations => Ended,
            _ => null,
        };
    }

    private static bool IsLevel(Instrument instrument) =>
        instrument is ObservableUpDownCounter<int> or ObservableUpDownCounter<long> or ObservableGauge<int> or ObservableGauge<long>;

    /// <summary>Two data sources with one string report the same tags twice: they are added.</summary>
    private void Connections(double count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (Find(tags, "db.client.connection.state", "state"))
        {
            case "used":
                var busy = _pools.Of(PoolName(tags));
                busy.Active = (busy.Active ?? 0) + count;
                break;
            case "idle":
                var idle = _pools.Of(PoolName(tags));
                idle.Idle = (idle.Idle ?? 0) + count;
                break;
        }
    }

    private void Limit(double max, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var pool = _pools.Of(PoolName(tags));
        pool.Max = (pool.Max ?? 0) + max;
    }

    private void TimedOut(double count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var database = _databases.Of(PoolName(tags)) ?? "";
        for (var i = 0; i < count; i++)
        {
            if (_tellsEveryReason)
                _metrics.ConnectionFailed(DbSystem.PostgreSql, database, ConnectionFailure.PoolExhausted);
            else
                _metrics.PoolExhausted(DbSystem.PostgreSql, database);
        }
    }

    /// <summary>
    /// The server refused something. While a command waits for its first answer its activity is the current one, and tells it with
    /// its operation. After that, in a later statement of a batch, in a later row or in a commit, there is only this.
    /// </summary>
    private void Failed(double count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_operations && Activity.Current is { } current && NpgsqlActivities.IsNpgsqls(current))
            return;
        for (var i = 0; i < count; i++)
            _metrics.CommandFailed(DbSystem.PostgreSql, DbOperation.Other);
    }

    private void Ended(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _metrics.Command(DbSystem.PostgreSql, DbOperation.Other, seconds);

    private void Refresh()
    {
        _pools.Begin();
        _listener.RecordObservableInstruments();
        _pools.End();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pool in _pools.Reported)
        {
            if (pool.Number == 0)
                named.Add(pool.Label);
            var database = pool.Database ?? _databases.Of(pool.Label);
            if (database is not null && _tellsEveryReason)
                _metrics.Connects(DbSystem.PostgreSql, database);
            else if (database is not null)
                _metrics.ConnectsToPool(DbSystem.PostgreSql, database);
            _gauges.Add(DbSystem.PostgreSql, database ?? "", pool.Label, pool.Active, pool.Idle, pool.Max);
        }

        _databases.Keep(named);
        _gauges.Show();
    }

    private void Listen<T>(Func<T, double> number)
        where T : struct => _listener.SetMeasurementEventCallback<T>((_, value, tags, measured) =>
        {
            // It runs where the driver records, and must not fail there.
            try
            {
                ((Measured)measured!)(number(value), tags);
            }
            catch (Exception exception)
            {
                _registry.Failed(Observers.Database, exception);
            }
        });

    private static string PoolName(ReadOnlySpan<KeyValuePair<string, object?>> tags) => Find(tags, "db.client.connection.pool.name", "pool.name");

    private static string Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name, string nameOf9)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name || key == nameOf9)
                return value as string ?? "";
        }

        return "";
    }
}
