using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Transactions;
using IsolationLevel = System.Data.IsolationLevel;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>Passes everything on, and tells the observer of openings and of what its commands do.</summary>
internal sealed class ObservedConnection : DbConnection
{
    private readonly DbConnection _inner;
    private readonly AdoNetObserver _observer;
    private readonly ObservedDataSource? _source;

    /// <summary>Where it is counted as in use; null while it is closed.</summary>
    private PoolTotal? _pool;

    /// <summary>Made for the first one.</summary>
    private TracedReaders? _traced;

    public ObservedConnection(DbConnection inner, AdoNetObserver observer, ObservedDataSource? source = null)
    {
        _inner = inner;
        _observer = observer;
        _source = source;
        System = AdoNetDrivers.System(inner);
        inner.StateChange += Changed;

        // One that is handed over open is in use from now on.
        if (inner.State == ConnectionState.Open)
            Opened();
    }

    public DbConnection Inner => _inner;

    public DbSystem System { get; }

    [AllowNull]
    public override string ConnectionString
    {
        get => _inner.ConnectionString;
        set => _inner.ConnectionString = value;
    }

    public override int ConnectionTimeout => _inner.ConnectionTimeout;

    public override string Database => _inner.Database;

    public override string DataSource => _inner.DataSource;

    public override string ServerVersion => _inner.ServerVersion;

    public override ConnectionState State => _inner.State;

    public override bool CanCreateBatch => _inner.CanCreateBatch;

    protected override DbProviderFactory? DbProviderFactory => DbProviderFactories.GetFactory(_inner);

    public ObservedReader Trace(DbDataReader reader, in Execution execution)
    {
        var traced = _traced ?? Interlocked.CompareExchange(ref _traced, new TracedReaders(), null) ?? _traced;
        var observed = new ObservedReader(reader, execution, traced);
        traced.Add(observed);
        return observed;
    }

    public override void Open()
    {
        try
        {
            _inner.Open();
        }
        catch (Exception exception)
        {
            _observer.OpenFailed(System, _inner, exception);
            throw;
        }

        Opened();
    }

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _inner.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _observer.OpenFailed(System, _inner, exception);
            throw;
        }

        Opened();
    }

    public override void Close()
    {
        _inner.Close();
        Closed();
    }

    public override async Task CloseAsync()
    {
        await _inner.CloseAsync().ConfigureAwait(false);
        Closed();
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            LetGo();
        }

        base.Dispose(disposing);
    }

    public override void ChangeDatabase(string databaseName) => _inner.ChangeDatabase(databaseName);

    public override Task ChangeDatabaseAsync(string databaseName, CancellationToken cancellationToken = default) => _inner.ChangeDatabaseAsync(databaseName, cancellationToken);

    public override void EnlistTransaction(Transaction? transaction) => _inner.EnlistTransaction(transaction);

    public override DataTable GetSchema() => _inner.GetSchema();

    public override DataTable GetSchema(string collectionName) => _inner.GetSchema(collectionName);

    public override DataTable GetSchema(string collectionName, string?[] restrictionValues) => _inner.GetSchema(collectionName, restrictionValues);

    public override Task<DataTable> GetSchemaAsync(CancellationToken cancellationToken = default) => _inner.GetSchemaAsync(cancellationToken);

    public override Task<DataTable> GetSchemaAsync(string collectionName, CancellationToken cancellationToken = default) => _inner.GetSchemaAsync(collectionName, cancellationToken);

    public override Task<DataTable> GetSchemaAsync(string collectionName, string?[] restrictionValues, CancellationToken cancellationToken = default) =>
        _inner.GetSchemaAsync(collectionName, restrictionValues, cancellationToken);

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new ObservedTransaction(_inner.BeginTransaction(isolationLevel), this);

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
        new ObservedTransaction(await _inner.BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false), this);

    protected override DbCommand CreateDbCommand() => new ObservedCommand(_inner.CreateCommand(), this, _observer);

    protected override DbBatch CreateDbBatch() => new ObservedBatch(_inner.CreateBatch(), this, _observer);

    /// <summary>A driver that opens and closes by itself, as at the end of a reader, says so here.</summary>
    private void Changed(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState is ConnectionState.Closed or ConnectionState.Broken)
            Closed();
        OnStateChange(change);
    }

    private void Opened()
    {
        if (_pool is not null || _observer.Opened(System, _inner) is not { } pool)
            return;
        if (Interlocked.CompareExchange(ref _pool, pool, null) is not null)
            AdoNetObserver.Closed(pool);
        else
            _source?.Opened(pool);
    }

    private void Closed()
    {
        _traced?.Abandon();
        if (Interlocked.Exchange(ref _pool, null) is { } pool)
            AdoNetObserver.Closed(pool);
    }

    private void LetGo()
    {
        Closed();
        _inner.StateChange -= Changed;
    }
}
