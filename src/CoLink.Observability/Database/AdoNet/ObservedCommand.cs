using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>Passes everything on, and tells the observer how long an execution took and whether it failed.</summary>
internal sealed class ObservedCommand(DbCommand inner, ObservedConnection connection, AdoNetObserver observer) : DbCommand
{
    private readonly DbSystem _system = connection.System;
    private DbConnection? _connection = connection;
    private DbTransaction? _transaction;

    [AllowNull]
    public override string CommandText
    {
        get => inner.CommandText;
        set => inner.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => inner.CommandTimeout;
        set => inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => inner.CommandType;
        set => inner.CommandType = value;
    }

    public override bool DesignTimeVisible
    {
        get => inner.DesignTimeVisible;
        set => inner.DesignTimeVisible = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => inner.UpdatedRowSource;
        set => inner.UpdatedRowSource = value;
    }

    protected override DbConnection? DbConnection
    {
        get => _connection;
        set
        {
            inner.Connection = value is ObservedConnection observed ? observed.Inner : value;
            _connection = value;
        }
    }

    /// <summary>Drivers forget the transaction of a command once it is ended.</summary>
    protected override DbTransaction? DbTransaction
    {
        get => inner.Transaction is null ? null : _transaction;
        set
        {
            inner.Transaction = value is ObservedTransaction observed ? observed.Inner : value;
            _transaction = value;
        }
    }

    protected override DbParameterCollection DbParameterCollection => inner.Parameters;

    protected override DbParameter CreateDbParameter() => inner.CreateParameter();

    public override void Cancel() => inner.Cancel();

    public override void Prepare() => inner.Prepare();

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => inner.PrepareAsync(cancellationToken);

    public override int ExecuteNonQuery()
    {
        var execution = Begin();
        try
        {
            var affected = inner.ExecuteNonQuery();
            execution.End();
            return affected;
        }
        catch (Exception exception)
        {
            execution.Fail(exception);
            throw;
        }
    }

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        var execution = Begin();
        return execution.Watch(inner, static (command, token) => command.ExecuteNonQueryAsync(token), cancellationToken);
    }

    public override object? ExecuteScalar()
    {
        var execution = Begin();
        try
        {
            var value = inner.ExecuteScalar();
            execution.End();
            return value;
        }
        catch (Exception exception)
        {
            execution.Fail(exception);
            throw;
        }
    }

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        var execution = Begin();
        return execution.Watch(inner, static (command, token) => command.ExecuteScalarAsync(token), cancellationToken);
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        var execution = Begin();
        try
        {
            return Read(inner.ExecuteReader(behavior), execution);
        }
        catch (Exception exception)
        {
            execution.Fail(exception);
            throw;
        }
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var execution = Begin();
        try
        {
            return Read(await inner.ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false), execution);
        }
        catch (Exception exception)
        {
            execution.Fail(exception);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private ObservedConnection Connected => _connection as ObservedConnection ?? connection;

    private ObservedReader Read(DbDataReader reader, in Execution execution) => execution.Span is null ? new ObservedReader(reader, execution, null) : Connected.Trace(reader, execution);

    private Execution Begin() => new(observer, _system, observer.OperationOf(inner), observer.StartSpan(Connected, inner));
}
