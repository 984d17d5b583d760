using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>Listens to database drivers by name; no driver is referenced. What it hears is the whole process's, not one host's.</summary>
internal sealed class DatabaseObserver(DatabaseMetrics metrics, MetricRegistry registry) : IDisposable
{
    private readonly List<IDisposable> _listeners = [];

    /// <summary>A driver is one line here, and each listener is on its own: one that does not start takes no other with it.</summary>
    /// <param name="operations">Whether commands are told apart by their operation.</param>
    public void Start(bool operations)
    {
        var voices = new DriverVoices();
        var databases = new NpgsqlDatabases();
        Listen(Sources.Npgsql, () => new NpgsqlMeterListener(metrics, registry, databases, operations));
        Listen(Sources.Npgsql, () => new NpgsqlActivities(metrics, registry, databases, operations), () => voices.Heard(DatabaseDriver.NpgsqlNamespace));
        Listen(Sources.EntityFramework, () => new EntityFrameworkListener(metrics, registry, voices));
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
    }

    /// <param name="source">What is listened to; from here on it reads 0 until it is heard.</param>
    /// <param name="start">Starts the listener.</param>
    /// <param name="started">What is known only where it started.</param>
    private void Listen(string source, Func<IDisposable> start, Action? started = null)
    {
        try
        {
            metrics.SourceKnown(source);
            _listeners.Add(start());
            started?.Invoke();
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
        }
    }
}
