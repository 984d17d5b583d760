using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Database;

/// <summary>Payloads of the shapes of Entity Framework Core's, without it.</summary>
internal sealed class FakeEntityFramework(string name = "Microsoft.EntityFrameworkCore") : IDisposable
{
    private const string Prefix = "Microsoft.EntityFrameworkCore.Database.";

    private readonly DiagnosticListener _listener = new(name);

    public bool IsHeard => _listener.IsEnabled();

    public bool IsWanted(string name) => _listener.IsEnabled(Prefix + name);

    public void Write(string name, object? payload)
    {
        if (IsWanted(name))
            _listener.Write(Prefix + name, payload);
    }

    public void Execute(FakeConnection connection, string sql, string end = "CommandExecuted", CommandType type = CommandType.Text)
    {
        var command = new FakeCommand(connection, sql) { CommandType = type };
        Write("Command.CommandExecuting", new CommandEvent(command));
        Write("Command." + end, new CommandEndEvent(command, TimeSpan.FromSeconds(1.5)));
    }

    public void Open(FakeConnection connection)
    {
        Write("Connection.ConnectionOpening", new ConnectionEvent(connection));
        connection.Change(ConnectionState.Open);
        Write("Connection.ConnectionOpened", new ConnectionEvent(connection));
    }

    public void FailToOpen(FakeConnection connection, Exception exception, LogLevel level = LogLevel.Error) =>
        Write("Connection.ConnectionError", new ConnectionErrorEvent(connection, exception, level));

    public void Dispose() => _listener.Dispose();

    internal sealed record CommandEvent(DbCommand Command);

    internal sealed record CommandEndEvent(DbCommand Command, TimeSpan Duration);

    internal sealed record CommandErrorEvent(DbCommand Command, TimeSpan Duration, Exception Exception);

    internal sealed record ConnectionEvent(DbConnection Connection);

    internal sealed record ConnectionErrorEvent(DbConnection Connection, Exception Exception, LogLevel LogLevel);
}

/// <summary>A connection of a driver that nobody knows.</summary>
internal sealed class FakeConnection(string database) : DbConnection
{
    private ConnectionState _state = ConnectionState.Closed;

    [AllowNull]
    public override string ConnectionString { get; set; } = "Host=secret.internal;Password=hunter2";

    public override string Database => database;

    public override string DataSource => "secret.internal";

    public override string ServerVersion => "1";

    public override ConnectionState State => _state;

    public void Change(ConnectionState state)
    {
        var change = new StateChangeEventArgs(_state, state);
        _state = state;
        OnStateChange(change);
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Close() => Change(ConnectionState.Closed);

    public override void Open() => Change(ConnectionState.Open);

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
}

internal sealed class FakeCommand(DbConnection? connection, string sql) : DbCommand
{
    [AllowNull]
    public override string CommandText { get; set; } = sql;

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; } = connection;

    protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => throw new NotSupportedException();

    public override int ExecuteNonQuery() => throw new NotSupportedException();

    public override object ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare() => throw new NotSupportedException();

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();
}
