using System.Data;
using System.Data.Common;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>A batch goes to the server as one, and is one execution.</summary>
internal sealed class ObservedBatch(DbBatch inner, ObservedConnection connection, AdoNetObserver observer) : DbBatch
{
    private readonly DbSystem _system = connection.System;
    private DbConnection? _connection = connection;
    private DbTransaction? _transaction;

    public override int Timeout
    {
        get => inner.Timeout;
        set => inner.Timeout = value;
    }

    protected override DbBatchCommandCollection DbBatchCommands => inner.BatchCommands;

    protected override DbConnection? DbConnection
    {
        get => _connection;
        set
        {
            inner.Connection = value is ObservedConnection observed ? observed.Inner : value;
            _connection = value;
        }
    }

    protected override DbTransaction? DbTransaction
    {
        get => inner.Transaction is null ? null : _transaction;
        set
        {
            inner.Transaction = value is ObservedTransaction observed ? observed.Inner : value;
            _transaction = value;
        }
    }

    protected override DbBatchCommand CreateDbBatchCommand() => inner.CreateBatchCommand();

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

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default)
    {
        var execution = Begin();
        return execution.Watch(inner, static (batch, token) => batch.ExecuteNonQueryAsync(token), cancellationToken);
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

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default)
    {
        var execution = Begin();
        return execution.Watch(inner, static (batch, token) => batch.ExecuteScalarAsync(token), cancellationToken);
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

    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private ObservedConnection Connected => _connection as ObservedConnection ?? connection;

    private ObservedReader Read(DbDataReader reader, in Execution execution) => execution.Span is null ? new ObservedReader(reader, execution, null) : Connected.Trace(reader, execution);

    private Execution Begin() => new(observer, _system, observer.OperationOf(inner), observer.StartSpan(Connected, inner));
}
