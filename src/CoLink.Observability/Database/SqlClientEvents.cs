using System.Data;
using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Hears Microsoft.Data.SqlClient through its diagnostic listener: commands, and connections that could not be had. A command ends
/// here with the server's first answer: that its reader was read and closed is not told.
/// </summary>
internal sealed class SqlClientEvents : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Listener = "SqlClientDiagnosticListener";
    private const string CommandBefore = "Microsoft.Data.SqlClient.WriteCommandBefore";
    private const string CommandAfter = "Microsoft.Data.SqlClient.WriteCommandAfter";
    private const string CommandError = "Microsoft.Data.SqlClient.WriteCommandError";
    private const string OpenBefore = "Microsoft.Data.SqlClient.WriteConnectionOpenBefore";
    private const string OpenError = "Microsoft.Data.SqlClient.WriteConnectionOpenError";

    private readonly DatabaseMetrics _metrics;
    private readonly MetricRegistry _registry;
    private readonly TimeProvider _time;
    private readonly bool _operations;
    private readonly DatabaseSpans _spans;
    private readonly StartedCommands _started = new();
    private readonly StartedSpans _startedSpans;
    private readonly SeenDatabases _databases;
    private readonly PayloadField _command = new("Command");
    private readonly PayloadField _opening = new("Connection");
    private readonly PayloadField _unopened = new("Connection");
    private readonly PayloadField _exception = new("Exception");
    private readonly PayloadField _failure = new("Exception");
    private readonly List<IDisposable> _subscriptions = [];
    private bool _isHeard;
    private bool _isDisposed;

    /// <param name="metrics">The family.</param>
    /// <param name="spans">The client makes none.</param>
    /// <param name="registry">Told of failures.</param>
    /// <param name="time">Measures the commands.</param>
    /// <param name="operations">Whether commands are told apart by their operation.</param>
    public SqlClientEvents(DatabaseMetrics metrics, DatabaseSpans spans, MetricRegistry registry, TimeProvider time, bool operations)
    {
        _metrics = metrics;
        _spans = spans;
        _startedSpans = new StartedSpans(spans);
        _registry = registry;
        _time = time;
        _operations = operations;
        _databases = new SeenDatabases(metrics, DbSystem.SqlServer);
    }

    public void Start()
    {
        _metrics.SourceActive(Sources.SqlClient, false);
        Keep(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Listener)
            Keep(value.Subscribe(this, static (name, _, _) => name is CommandBefore or CommandAfter or CommandError or OpenBefore or OpenError));
    }

    /// <summary>It runs where the app calls its database, and must not fail there.</summary>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        try
        {
            Heard(value.Key, value.Value);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        IDisposable[] subscriptions;
        lock (_subscriptions)
        {
            _isDisposed = true;
            subscriptions = [.. _subscriptions];
            _subscriptions.Clear();
        }

        // Not under the lock: a listener is announced under a lock of the runtime's, which it takes to unsubscribe as well.
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }

    private void Keep(IDisposable subscription)
    {
        lock (_subscriptions)
        {
            if (!_isDisposed)
            {
                _subscriptions.Add(subscription);
                return;
            }
        }

        subscription.Dispose();
    }

    private void Heard(string name, object? payload)
    {
        switch (name)
        {
            case CommandBefore:
                if (_command.Of(payload) is DbCommand starting)
                    Starting(starting);
                break;
            case CommandAfter:
                Ended(_command.Of(payload) as DbCommand, hasFailed: false, null);
                break;
            case CommandError:
                Ended(_command.Of(payload) as DbCommand, hasFailed: true, _failure.Of(payload) as Exception);
                break;
            case OpenBefore:
                if (_opening.Of(payload) is DbConnection opening)
                    _databases.Saw(opening.Database);
                break;
            case OpenError:
                if (_unopened.Of(payload) is DbConnection closed)
                    _metrics.ConnectionFailed(DbSystem.SqlServer, closed.Database, Reason(closed, _exception.Of(payload) as Exception));
                break;
        }

        if (_isHeard)
            return;
        _isHeard = true;
        _metrics.SourceActive(Sources.SqlClient, true);
    }

    private void Starting(DbCommand command)
    {
        _started.Start(command, _time.GetTimestamp());
        if (_spans.AreWantedOfProcess && command.Connection is { } connection && !_spans.AreMadeElsewhere(DatabaseDriver.SqlClientNamespace)
            && _spans.Start(DbSystem.SqlServer, connection, connection.Database, command) is { } span)
            _startedSpans.Add(command, span);
    }

    private void Ended(DbCommand? command, bool hasFailed, Exception? failure)
    {
        if (command is null || !_started.TryEnd(command, out var started))
            return;
        var span = _startedSpans.Take(command);
        try
        {
            var operation = _operations ? SqlOperation.Of(command) : DbOperation.Other;
            _metrics.Command(DbSystem.SqlServer, operation, _time.GetElapsedTime(started).TotalSeconds, DatabaseSpans.Sampled(span));
            if (hasFailed && !Cancellation.Is(failure))
                _metrics.CommandFailed(DbSystem.SqlServer, operation);
        }
        finally
        {
            if (span is not null && hasFailed)
                _spans.Fail(span, failure);
            else if (span is not null)
                _spans.End(span);
        }
    }

    /// <summary>
    /// A pool that gives no connection in time throws an ordinary InvalidOperationException. So do an open connection and one without
    /// a connection string, which are defects of the app.
    /// </summary>
    private static ConnectionFailure Reason(DbConnection connection, Exception? exception)
    {
        var first = exception is AggregateException { InnerExceptions: [var inner, ..] } ? inner : exception;
        return first?.GetType() == typeof(InvalidOperationException) && connection.State == ConnectionState.Closed && connection.ConnectionString.Length > 0
            ? ConnectionFailure.PoolExhausted : ConnectionFailures.Of(exception);
    }
}
