using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Runtime;

/// <summary>Reads the process, its limits and the .NET runtime at each scrape, and counts exceptions from the start on.</summary>
/// <param name="registry">The host's metrics.</param>
/// <param name="root">Where the system's files are found; another folder than <c>/</c> only in tests.</param>
internal sealed class RuntimeObserver(MetricRegistry registry, string root = "/") : IDisposable
{
    private readonly RuntimeMetrics _metrics = new(registry);
    private readonly ProcessStatus _status = new(root);
    private readonly ResourceLimits _limits = new(root);
    private readonly OpenFileDescriptors _descriptors = new();
    private RuntimeMeter? _meter;

    public void Start()
    {
        // Each part is on its own: one that fails takes no other's series with it.
        registry.BeforeScrape(Observers.Runtime, () => _meter?.Refresh());
        registry.BeforeScrape(Observers.Runtime, ReadStatus);
        registry.BeforeScrape(Observers.Runtime, () => _metrics.MemoryLimit(_limits.MemoryBytes()));
        registry.BeforeScrape(Observers.Runtime, ReadDescriptors);
        Try(StartMeter);
        Try(ReadStartTime);
    }

    public void Dispose() => _meter?.Dispose();

    private void StartMeter()
    {
        _metrics.SourceActive(false);
        _meter = new RuntimeMeter(_metrics);
        _meter.Start();
        _metrics.SourceActive(_meter.IsComplete);
    }

    /// <summary>Once: asking for it costs as much as all the rest of a scrape, and it does not change.</summary>
    private void ReadStartTime()
    {
        using var process = Process.GetCurrentProcess();
        _metrics.StartTime((process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }

    private void ReadStatus()
    {
        var status = _status.Read();
        if (status.Threads is { } threads)
            _metrics.Threads(threads);
        _metrics.CpuLimit(_limits.Cores(status.AllowedCores));
    }

    private void ReadDescriptors()
    {
        if (_descriptors.Count() is { } count)
            _metrics.OpenFileDescriptors(count);
    }

    private void Try(Action start)
    {
        try
        {
            start();
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Runtime, exception);
        }
    }
}
