using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Runtime;

/// <summary>Listens to what the .NET runtime says about itself. Its meter is the process': every host in it hears the same.</summary>
internal sealed class RuntimeMeter : IDisposable
{
    private const string Generation = "gc.heap.generation";

    private readonly RuntimeMetrics _metrics;
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, Measured> _awaited;
    private double? _cpuSeconds;
    private double? _heapBytes;

    public RuntimeMeter(RuntimeMetrics metrics)
    {
        _metrics = metrics;
        _awaited = new Dictionary<string, Measured>(StringComparer.Ordinal)
        {
            // Measured in parts, user and system, which are summed over one scrape.
            ["dotnet.process.cpu.time"] = (value, _) => _cpuSeconds = (_cpuSeconds ?? 0) + value,
            ["dotnet.gc.last_collection.heap.size"] = (value, _) => _heapBytes = (_heapBytes ?? 0) + value,
            ["dotnet.process.memory.working_set"] = (value, _) => metrics.ResidentMemory(value),
            ["dotnet.gc.collections"] = (value, tags) => metrics.Collections(Find(tags, Generation), value),
            ["dotnet.gc.pause.time"] = (value, _) => metrics.PauseSeconds(value),
            ["dotnet.thread_pool.thread.count"] = (value, _) => metrics.PoolThreads(value),
            ["dotnet.thread_pool.queue.length"] = (value, _) => metrics.PoolQueue(value),
            ["dotnet.thread_pool.work_item.count"] = (value, _) => metrics.PoolCompleted(value),
            ["dotnet.monitor.lock_contentions"] = (value, _) => metrics.LockContentions(value),
            ["dotnet.exceptions"] = (value, _) => metrics.Exceptions(value),
        };
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Each name is taken once: a second meter of this name must not be added to the runtime's.
            if (instrument.Meter.Name != RuntimeCatalogue.MeterName || !_awaited.Remove(instrument.Name, out var measured))
                return;

            // The only one that is pushed: without an exception nothing comes, and the first one must be an increase.
            if (!instrument.IsObservable)
                measured(0, []);
            listener.EnableMeasurementEvents(instrument, measured);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, measured) => ((Measured)measured!)(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, measured) => ((Measured)measured!)(value, tags));
    }

    private delegate void Measured(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Whether every instrument was found. The runtime publishes all of its own before <see cref="Start"/> returns.</summary>
    public bool IsComplete => _awaited.Count == 0;

    public void Start() => _listener.Start();

    public void Refresh()
    {
        _cpuSeconds = _heapBytes = null;
        _listener.RecordObservableInstruments();
        if (_cpuSeconds is { } cpuSeconds)
            _metrics.CpuSeconds(cpuSeconds);

        // The sizes are those after the last collection, all 0 before the first.
        if (_heapBytes is { } heapBytes)
            _metrics.HeapBytes(heapBytes > 0 ? heapBytes : GC.GetTotalMemory(forceFullCollection: false));
    }

    public void Dispose() => _listener.Dispose();

    private static string Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
                return value as string ?? "";
        }

        return "";
    }
}
