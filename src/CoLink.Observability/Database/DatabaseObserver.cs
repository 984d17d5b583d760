using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>Listens to database drivers by name; no driver is referenced. What it hears is the whole process's, not one host's.</summary>
internal sealed class DatabaseObserver(DatabaseMetrics metrics, MetricRegistry registry, TimeProvider time) : IDisposable
{
    private readonly List<IDisposable> _listeners = [];

    /// <param name="operations">Whether commands are told apart by their operation.</param>
    public void Start(bool operations)
    {
        var sqlClient = new SqlClientEvents(metrics, registry, time, operations);
        var sqlClientPools = new SqlClientPools(metrics, registry);
        var mongoDb = new MongoDbActivities(metrics, registry, operations);
        _listeners.AddRange([sqlClient, sqlClientPools, mongoDb]);
        sqlClient.Start();
        sqlClientPools.Start();
        mongoDb.Start();
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
    }
}
