using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Database;

/// <summary>
/// What Entity Framework Core says about commands and connections. The connections of a driver that is heard itself are left to it,
/// but for what it does not say. A command's span ends with it, at the first answer: what a reader does later nobody tells.
/// </summary>
internal sealed class EntityFrameworkEvents(DatabaseMetrics metrics, MetricRegistry registry, DriverVoices voices, DatabaseSpans spans, bool operations)
{
    private const string Prefix = "Microsoft.EntityFrameworkCore.Database.";
    private const string CommandExecuting = Prefix + "Command.CommandExecuting";
    private const string CommandExecuted = Prefix + "Command.CommandExecuted";
    private const string CommandError = Prefix + "Command.CommandError";
    private const string CommandCanceled = Prefix + "Command.CommandCanceled";
    private const string ConnectionOpening = Prefix + "Connection.ConnectionOpening";
    private const string ConnectionOpened = Prefix + "Connection.ConnectionOpened";
    private const string ConnectionClosing = Prefix + "Connection.ConnectionClosing";
    private const string ConnectionClosed = Prefix + "Connection.ConnectionClosed";
    private const string ConnectionError = Prefix + "Connection.ConnectionError";

    private readonly DatabaseDriver.Known _drivers = new();
    private readonly OpenedConnections _opened = new(metrics, registry);
    private readonly StartedSpans _started = new(spans);
    private readonly PayloadProperty<DbCommand> _command = new("Command");
    private readonly PayloadProperty<DbConnection> _connection = new("Connection");
    private readonly PayloadProperty<TimeSpan> _duration = new("Duration");
    private readonly PayloadProperty<Exception> _exception = new("Exception");
    private readonly PayloadProperty<LogLevel> _logLevel = new("LogLevel");

    /// <summary>
    /// The beginnings are wanted too, though little is read from them: where nobody hears the beginning, EF takes it for a second
    /// that nobody listens at all, and the commands of that second go unheard.
    /// </summary>
    public static bool IsWanted(string name, object? context, object? more) => name switch
    {
        CommandExecuting or CommandExecuted or CommandError or CommandCanceled
            or ConnectionOpening or ConnectionOpened or ConnectionClosing or ConnectionClosed or ConnectionError => true,
        _ => false,
    };

    public void Handle(string name, object? payload)
    {
        if (payload is null)
            return;
        switch (name)
        {
            case CommandExecuting when spans.AreWantedOfProcess:
                Starting(payload);
                break;
            case CommandExecuted or CommandCanceled or CommandError:
                Command(payload, name);
                break;
            case ConnectionOpened:
                Opened(payload);
                break;
            case ConnectionError:
                Failed(payload);
                break;
        }
    }

    private void Starting(object payload)
    {
        if (!_command.TryGet(payload, out var command) || command?.Connection is not { } connection)
            return;
        var driver = _drivers.Of(connection);
        if (HasSpans(driver) || spans.Start(driver.System, connection, _opened.DatabaseOf(connection, driver.System), command) is not { } span)
            return;
        _started.Add(command, span);
    }

    /// <summary>A command that its caller cancelled took its time, and is no failure of the database's.</summary>
    private void Command(object payload, string end)
    {
        if (!_command.TryGet(payload, out var command) || command is null)
            return;
        var span = _started.Take(command);
        try
        {
            Measure(payload, command, span, end == CommandError);
        }
        finally
        {
            if (span is not null)
                End(span, payload, end);
        }
    }

    private void Measure(object payload, DbCommand command, Activity? span, bool isError)
    {
        if (command.Connection is not { } connection || !_duration.TryGet(payload, out var duration))
            return;
        var driver = _drivers.Of(connection);
        if (IsSpokenFor(driver))
            return;
        var operation = operations ? SqlOperation.Of(command) : DbOperation.Other;
        metrics.Command(driver.System, operation, duration.TotalSeconds, DatabaseSpans.Sampled(span));
        if (isError)
            metrics.CommandFailed(driver.System, operation);
    }

    private void End(Activity span, object payload, string end)
    {
        if (end == CommandExecuted)
            spans.End(span);
        else
            spans.Fail(span, end == CommandError && _exception.TryGet(payload, out var exception) ? exception : null);
    }

    private void Opened(object payload)
    {
        if (!_connection.TryGet(payload, out var connection) || connection is null)
            return;
        var driver = _drivers.Of(connection);
        if (!IsSpokenFor(driver))
            _opened.Add(connection, driver.System);
        else if (!driver.TellsConnectionErrors)
            _opened.Know(connection, driver.System);
    }

    private void Failed(object payload)
    {
        if (!_connection.TryGet(payload, out var connection) || connection is null || IsExpected(payload))
            return;
        var driver = _drivers.Of(connection);
        var isSpokenFor = IsSpokenFor(driver);
        if (isSpokenFor && driver.TellsConnectionErrors)
            return;
        _exception.TryGet(payload, out var exception);
        var reason = ConnectionFailures.Of(exception);
        if (!isSpokenFor || reason != ConnectionFailure.PoolExhausted)
            metrics.ConnectionFailed(driver.System, _opened.DatabaseOf(connection, driver.System), reason);
    }

    /// <summary>EF asks whether a database exists by opening it, and says so with the level: its own failures are errors, these are not.</summary>
    private bool IsExpected(object payload) => _logLevel.TryGet(payload, out var level) && level <= LogLevel.Debug;

    /// <summary>Npgsql has spans whether we hear it or not.</summary>
    private bool HasSpans(DatabaseDriver driver) =>
        IsSpokenFor(driver) || driver.Namespace == DatabaseDriver.NpgsqlNamespace || spans.AreMadeElsewhere(driver.Namespace, isEntityFramework: true);

    /// <summary>A connection in our own wrapper speaks for itself too, whatever it wraps.</summary>
    private bool IsSpokenFor(DatabaseDriver driver) => driver.IsWrapped || voices.SpeakFor(driver);
}
