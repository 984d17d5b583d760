using System.Data.Common;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>What the base class makes of its connections, opened ones and commands, is measured with them.</summary>
internal sealed class ObservedDataSource(DbDataSource inner, AdoNetObserver observer) : DbDataSource
{
    private PoolTotal? _pool;

    public override string ConnectionString => inner.ConnectionString;

    /// <summary>One of its connections was opened, and told which pool that counts in.</summary>
    public void Opened(PoolTotal pool)
    {
        if (Volatile.Read(ref _pool) is not null)
            return;
        var joined = observer.Join(pool);
        if (Interlocked.CompareExchange(ref _pool, joined, null) is not null)
            joined.LeaveIfUnused();
    }

    protected override DbConnection CreateDbConnection() => observer.Observe(inner.CreateConnection(), this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            Leave();
        }

        base.Dispose(disposing);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        Leave();
        await base.DisposeAsyncCore().ConfigureAwait(false);
    }

    private void Leave() => Interlocked.Exchange(ref _pool, null)?.LeaveIfUnused();
}
