using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>Listens to database drivers by name; no driver is referenced. What it hears is the whole process's, not one host's.</summary>
internal sealed class DatabaseObserver(DatabaseMetrics metrics, MetricRegistry registry) : IDisposable
{
    private readonly List<IDisposable> _listeners = [];

    /// <param name="operations">Whether commands are told apart by their operation.</param>
    public void Start(bool operations)
    {
        _ = operations;
        _ = metrics;
        registry.BeforeScrape(Observers.Database, static () => { });
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
    }
}
