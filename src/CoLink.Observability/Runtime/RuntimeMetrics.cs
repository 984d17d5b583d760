using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Runtime;

/// <summary>
/// The runtime family. A series begins with its first value: where the system or the runtime does not tell a number, it is absent
/// rather than 0.
/// </summary>
/// <remarks>Written by one scrape at a time, but for the exceptions, which come from any thread.</remarks>
internal sealed class RuntimeMetrics(MetricRegistry registry)
{
    private GaugeSeries? _sourceActive;
    private CounterSeries? _cpuSeconds;
    private GaugeSeries? _cpuLimit;
    private GaugeSeries? _residentMemory;
    private GaugeSeries? _memoryLimit;
    private GaugeSeries? _startTime;
    private GaugeSeries? _openFileDescriptors;
    private GaugeSeries? _threads;
    private CounterFamily? _collections;
    private CounterSeries? _pauseSeconds;
    private GaugeSeries? _heapBytes;
    private GaugeSeries? _poolThreads;
    private GaugeSeries? _poolQueue;
    private CounterSeries? _poolCompleted;
    private CounterSeries? _exceptions;
    private CounterSeries? _lockContentions;

    public void SourceActive(bool active) =>
        (_sourceActive ??= registry.Gauge(SelfCatalogue.SourceActive).With(RuntimeCatalogue.MeterName)).Set(active ? 1 : 0);

    public void CpuSeconds(double total) => Counter(ref _cpuSeconds, RuntimeCatalogue.CpuSeconds).Follow(total);

    public void CpuLimit(double cores) => Gauge(ref _cpuLimit, RuntimeCatalogue.CpuLimit).Set(cores);

    /// <summary>The runtime says 0 where it could not read it, as in a process that may open no further file.</summary>
    public void ResidentMemory(double bytes)
    {
        if (bytes > 0)
            Gauge(ref _residentMemory, RuntimeCatalogue.ResidentMemory).Set(bytes);
    }

    public void MemoryLimit(double bytes) => Gauge(ref _memoryLimit, RuntimeCatalogue.MemoryLimit).Set(bytes);

    public void StartTime(double unixSeconds) => Gauge(ref _startTime, RuntimeCatalogue.StartTime).Set(unixSeconds);

    public void OpenFileDescriptors(double count) => Gauge(ref _openFileDescriptors, RuntimeCatalogue.OpenFileDescriptors).Set(count);

    public void Threads(double count) => Gauge(ref _threads, RuntimeCatalogue.Threads).Set(count);

    public void Collections(string generation, double total) =>
        (_collections ??= registry.Counter(RuntimeCatalogue.Collections)).With(generation).Follow(total);

    public void PauseSeconds(double total) => Counter(ref _pauseSeconds, RuntimeCatalogue.PauseSeconds).Follow(total);

    public void HeapBytes(double bytes) => Gauge(ref _heapBytes, RuntimeCatalogue.HeapBytes).Set(bytes);

    public void PoolThreads(double count) => Gauge(ref _poolThreads, RuntimeCatalogue.PoolThreads).Set(count);

    public void PoolQueue(double length) => Gauge(ref _poolQueue, RuntimeCatalogue.PoolQueue).Set(length);

    public void PoolCompleted(double total) => Counter(ref _poolCompleted, RuntimeCatalogue.PoolCompleted).Follow(total);

    public void Exceptions(double more) => Counter(ref _exceptions, RuntimeCatalogue.Exceptions).Inc(more);

    public void LockContentions(double total) => Counter(ref _lockContentions, RuntimeCatalogue.LockContentions).Follow(total);

    private CounterSeries Counter(ref CounterSeries? series, MetricDefinition metric) => series ??= registry.Counter(metric).With();

    private GaugeSeries Gauge(ref GaugeSeries? series, MetricDefinition metric) => series ??= registry.Gauge(metric).With();
}
