using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>Watches connections that were handed to it, for drivers that tell nothing by themselves. Nothing of it throws where the app calls, or goes back to the context of a caller, who may block on it.</summary>
internal sealed class AdoNetObserver(
    DatabaseMetrics metrics, DatabaseSpans spans, MetricRegistry registry, PoolTotals pools, TimeProvider time, DatabaseOptions options)
{
    /// <summary>There is no pool to name: these are the connections opened through the wrapper.</summary>
    public const string Pool = "opened";

    private readonly bool _isEnabled = options.Enabled;
    private readonly SeenDatabases[] _databases = [.. Enum.GetValues<DbSystem>().Select(system => new SeenDatabases(metrics, system))];
    private readonly ConditionalWeakTable<string, string> _files = [];
    private readonly bool _operations = options.Operations;

    public DbConnection Observe(DbConnection connection, ObservedDataSource? source = null) =>
        !_isEnabled || AdoNetDrivers.Speaks(connection) ? connection : new ObservedConnection(connection, this, source);

    public DbDataSource Observe(DbDataSource dataSource) =>
        !_isEnabled || AdoNetDrivers.Speaks(dataSource) ? dataSource : new ObservedDataSource(dataSource, this);

    public long Now => time.GetTimestamp();

    /// <summary>A connection was opened.</summary>
    public PoolTotal? Opened(DbSystem system, DbConnection connection)
    {
        try
        {
            var database = DatabaseOf(system, connection);
            _databases[(int)system].Saw(database);
            var pool = pools.Of(system, database, Pool);
            pool.Change(active: 1);
            return pool;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
            return null;
        }
    }

    /// <summary>A data source takes part in the pool, so that its series go with it.</summary>
    public PoolTotal Join(PoolTotal pool) => pools.Join(pool.System, pool.Database, pool.Pool);

    public static void Closed(PoolTotal pool) => pool.Change(active: -1);

    public void OpenFailed(DbSystem system, DbConnection connection, Exception failure)
    {
        // Who gave up waiting did not learn why it took so long; and who opens an open one has a connection.
        if (failure is OperationCanceledException || connection.State == ConnectionState.Open)
            return;
        try
        {
            metrics.ConnectionFailed(system, DatabaseOf(system, connection), ConnectionFailures.Of(failure));
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
        }
    }

    /// <summary>Connections made from one string, as those of an app are, share what was read from it.</summary>
    private string DatabaseOf(DbSystem system, DbConnection connection) =>
        system == DbSystem.Sqlite ? _files.GetValue(connection.ConnectionString, SqliteFile.Of) : connection.Database;

    public DbOperation OperationOf(DbCommand command)
    {
        try
        {
            return _operations ? SqlOperation.Of(command) : DbOperation.Other;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
            return DbOperation.Other;
        }
    }

    /// <summary>What all commands of a batch are, or other.</summary>
    public DbOperation OperationOf(DbBatch batch)
    {
        try
        {
            var found = default(DbOperation?);
            foreach (var command in batch.BatchCommands)
            {
                var operation = _operations ? SqlOperation.Of(command.CommandText) : DbOperation.Other;
                if (found is { } before && before != operation)
                    return DbOperation.Other;
                found = operation;
            }

            return found ?? DbOperation.Other;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
            return DbOperation.Other;
        }
    }

    /// <summary>The span of a command, which <see cref="Ended"/> or <see cref="Abandoned"/> ends; null where nobody listens.</summary>
    public Activity? StartSpan(ObservedConnection connection, DbCommand command) => !IsTraced(connection.Inner) ? null
        : Named(connection) is { } database ? spans.Start(connection.System, connection.Inner, database, command) : null;

    /// <summary>The same for a batch.</summary>
    public Activity? StartSpan(ObservedConnection connection, DbBatch batch) => !IsTraced(connection.Inner) ? null
        : Named(connection) is { } database ? spans.Start(connection.System, connection.Inner, database, batch) : null;

    public void Ended(DbSystem system, DbOperation operation, long started, Exception? failure, Activity? span)
    {
        try
        {
            metrics.Command(system, operation, time.GetElapsedTime(started).TotalSeconds, DatabaseSpans.Sampled(span));
            if (failure is not null && !Cancellation.Is(failure))
                metrics.CommandFailed(system, operation);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
        }

        if (span is not null && failure is not null)
            spans.Fail(span, failure);
        else if (span is not null)
            spans.End(span);
    }

    /// <summary>The connection is closed over what was still being read: how that ended nobody will tell.</summary>
    public void Abandoned(Activity span) => spans.End(span);

    private bool IsTraced(DbConnection connection) => spans.AreWanted && !spans.AreMadeElsewhere(connection.GetType().Namespace ?? "");

    private string? Named(ObservedConnection connection)
    {
        try
        {
            return DatabaseOf(connection.System, connection.Inner);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
            return null;
        }
    }
}
