using System.Collections.Concurrent;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tracing.Export;

namespace CoLink.Observability.Tracing.AppExport;

/// <summary>
/// Hears how an exporter fares that the app set up itself. Its events and its meter are the process'; which of them are this host's
/// is known by the thread: a batch processor starts its own while the provider is built, and a thread inherits what flows with the
/// one that starts it. On that thread a batch is counted, sent and told of, one after the other, so its spans have the fate of the
/// event that follows. A simple processor has no thread of its own, and is not heard.
/// </summary>
internal sealed class AppExportWatch : IDisposable
{
    /// <summary>Processors whose host is not known yet. Those of other hosts are among them.</summary>
    private const int MostUnknown = 64;

    private readonly Func<bool> _isOfThisHost;
    private readonly TracingMetrics _metrics;
    private readonly ExportMonitor _monitor;
    private readonly MetricRegistry _registry;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<int, long> _batches = new();
    private readonly HashSet<string> _ours = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _unknown = new(StringComparer.Ordinal);
    private readonly ExporterEventListener _events;
    private readonly ProcessedSpans _spans;
    private bool _hearsEvents;
    private bool _hearsMeter;

    /// <param name="isOfThisHost">Whether the current thread is one of the host's exporters'.</param>
    /// <param name="metrics">Where spans are counted.</param>
    /// <param name="monitor">Told of each export.</param>
    /// <param name="registry">Told of failures of the watch itself.</param>
    public AppExportWatch(Func<bool> isOfThisHost, TracingMetrics metrics, ExportMonitor monitor, MetricRegistry registry)
    {
        (_isOfThisHost, _metrics, _monitor, _registry) = (isOfThisHost, metrics, monitor, registry);
        metrics.SourceActive(Sources.OtlpExporter, false);
        metrics.SourceActive(Sources.OtelSdk, false);
        _events = new ExporterEventListener(Heard);
        _spans = new ProcessedSpans(Counted);
    }

    public void Dispose()
    {
        _events.Dispose();
        _spans.Dispose();
    }

    /// <summary>An event of an exporter. It runs where spans are exported, and must not fail there.</summary>
    internal void Heard(int id, IReadOnlyList<object?> payload)
    {
        try
        {
            if (ExporterEvents.IsSuccess(id) is { } isSuccess && _isOfThisHost())
                Ended(isSuccess, id, payload);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Tracing, exception);
        }
    }

    /// <summary>A processor handed spans on, on its own thread, or dropped some, on the app's. It must not fail there.</summary>
    internal void Counted(string component, long spans, bool areDropped)
    {
        try
        {
            if (areDropped)
                Dropped(component, spans);
            else if (_isOfThisHost())
                Began(component, spans);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Tracing, exception);
        }
    }

    private void Began(string component, long spans)
    {
        _batches[Environment.CurrentManagedThreadId] = spans;
        long droppedBefore;
        lock (_gate)
        {
            if (!_ours.Add(component))
                return;
            _unknown.Remove(component, out droppedBefore);
        }

        _hearsMeter = true;
        _metrics.SourceActive(Sources.OtelSdk, true);
        _metrics.Dropped(droppedBefore);
    }

    private void Dropped(string component, long spans)
    {
        lock (_gate)
        {
            if (!_ours.Contains(component))
            {
                if (_unknown.Count < MostUnknown || _unknown.ContainsKey(component))
                    _unknown[component] = _unknown.GetValueOrDefault(component) + spans;
                return;
            }
        }

        _metrics.Dropped(spans);
    }

    private void Ended(bool isSuccess, int id, IReadOnlyList<object?> payload)
    {
        if (!_hearsEvents)
        {
            _hearsEvents = true;
            _metrics.SourceActive(Sources.OtlpExporter, true);
        }

        // A second event of one export, as of a retry, finds its spans settled.
        if (!_batches.TryRemove(Environment.CurrentManagedThreadId, out var spans) && _hearsMeter)
            return;
        if (ExporterEvents.Endpoint(payload) is { } endpoint)
            _monitor.Destination = $"{endpoint} (the app's exporter)";
        if (isSuccess)
        {
            _metrics.Exported(spans);
            _monitor.Succeeded();
        }
        else
        {
            _metrics.Failed(spans);
            _monitor.Failed(ExporterEvents.Problem(id, payload));
        }
    }
}
