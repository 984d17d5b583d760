using System.Data.Common;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>What the base class makes of its connections, opened ones and commands, is measured with them.</summary>
internal sealed class ObservedDataSource(DbDataSource inner, AdoNetObserver observer) : DbDataSource
{
    public override string ConnectionString => inner.ConnectionString;

    protected override DbConnection CreateDbConnection() => observer.Observe(inner.CreateConnection());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsyncCore().ConfigureAwait(false);
    }
}
