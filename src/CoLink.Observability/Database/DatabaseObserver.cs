using CoLink.Observability.Catalogue;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>Listens to database drivers by name; no driver is referenced. What it hears is the whole process's, not one host's.</summary>
internal sealed class DatabaseObserver(DatabaseMetrics metrics, DatabaseSpans spans, MetricRegistry registry, TimeProvider time) : IDisposable
{
    private readonly List<IDisposable> _listeners = [];
    private int _isStarted;

    /// <summary>Starts once, however often it is called.</summary>
    public void Start(DatabaseOptions options)
    {
        if (options.Enabled && Interlocked.Exchange(ref _isStarted, 1) == 0)
            Start(options.Operations);
    }

    /// <summary>A driver is a line or two here, and each listener is on its own: one that does not start takes no other with it.</summary>
    /// <param name="operations">Whether commands are told apart by their operation.</param>
    public void Start(bool operations)
    {
        var voices = new DriverVoices();
        var databases = new NpgsqlDatabases();
        Listen(Sources.Npgsql, new NpgsqlMeterListener(metrics, registry, databases, operations), listener => listener.Start());
        Listen(Sources.Npgsql, new NpgsqlActivities(metrics, registry, databases, operations), listener =>
        {
            listener.Start();
            voices.Heard(DatabaseDriver.NpgsqlNamespace);
        });
        Listen(Sources.SqlClient, new SqlClientEvents(metrics, spans, registry, time, operations), listener =>
        {
            listener.Start();
            voices.Heard(DatabaseDriver.SqlClientNamespace);
        });
        Listen(Sources.SqlClient, new SqlClientPools(metrics, registry), listener => listener.Start());
        Listen(Sources.MongoDb, new MongoDbActivities(metrics, registry, operations), listener => listener.Start());
        Listen(Sources.EntityFramework, new EntityFrameworkListener(metrics, registry, voices, spans, operations), listener => listener.Start());
    }

    /// <summary>It runs as the host ends, and one that fails leaves no other listening.</summary>
    public void Dispose()
    {
        foreach (var listener in _listeners)
        {
            try
            {
                listener.Dispose();
            }
            catch (Exception exception)
            {
                registry.Failed(Observers.Database, exception);
            }
        }
    }

    /// <param name="source">What is listened to; from here on it reads 0 until it is heard.</param>
    /// <param name="listener">Kept from the start, since one that fails half-way may hear already.</param>
    /// <param name="start">What may fail.</param>
    private void Listen<TListener>(string source, TListener listener, Action<TListener> start)
        where TListener : IDisposable
    {
        try
        {
            _listeners.Add(listener);
            metrics.SourceKnown(source);
            start(listener);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Database, exception);
        }
    }
}
