using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Listens to Entity Framework Core, on any provider. It announces one diagnostic listener for each of its internal service
/// providers, so every one is subscribed to, now and later.
/// </summary>
internal sealed class EntityFrameworkListener : IObserver<DiagnosticListener>, IDisposable
{
    private readonly DatabaseMetrics _metrics;
    private readonly MetricRegistry _registry;
    private readonly EntityFrameworkEvents _events;
    private readonly Lock _gate = new();
    private readonly Dictionary<DiagnosticListener, IDisposable> _subscriptions = new(ReferenceEqualityComparer.Instance);
    private IDisposable? _announcements;
    private bool _isDisposed;

    public EntityFrameworkListener(DatabaseMetrics metrics, MetricRegistry registry, DriverVoices voices, DatabaseSpans spans, bool operations)
    {
        (_metrics, _registry) = (metrics, registry);
        _events = new EntityFrameworkEvents(metrics, registry, voices, spans, operations);
    }

    public void Start() => _announcements = DiagnosticListener.AllListeners.Subscribe(this);

    /// <summary>Runs where a listener is made, and must not fail there.</summary>
    public void OnNext(DiagnosticListener value)
    {
        try
        {
            if (value.Name == Sources.EntityFramework)
                Subscribe(value);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        _announcements?.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var subscription in _subscriptions.Values)
                subscription.Dispose();
            _subscriptions.Clear();
        }
    }

    private void Subscribe(DiagnosticListener listener)
    {
        lock (_gate)
        {
            // Without the predicate EF makes a payload for each of its events, change tracking included.
            if (!_isDisposed && !_subscriptions.ContainsKey(listener))
                _subscriptions.Add(listener, listener.Subscribe(new Subscriber(this, listener), EntityFrameworkEvents.IsWanted));
        }

        _metrics.SourceActive(Sources.EntityFramework, true);
    }

    private void Forget(DiagnosticListener listener)
    {
        lock (_gate)
            _subscriptions.Remove(listener);
    }

    private sealed class Subscriber(EntityFrameworkListener owner, DiagnosticListener listener) : IObserver<KeyValuePair<string, object?>>
    {
        /// <summary>Runs where EF works, and must not fail there.</summary>
        public void OnNext(KeyValuePair<string, object?> value)
        {
            try
            {
                owner._events.Handle(value.Key, value.Value);
            }
            catch (Exception exception)
            {
                owner._registry.Failed(Observers.Database, exception);
            }
        }

        /// <summary>Its service provider was disposed.</summary>
        public void OnCompleted() => owner.Forget(listener);

        public void OnError(Exception error)
        {
        }
    }
}
