using System.Diagnostics.Tracing;
using System.Globalization;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Reads the event counters of Microsoft.Data.SqlClient. They are sums over all pools of the process, so no database is told, and
/// the pool reads <see cref="AllPools"/>.
/// </summary>
internal sealed class SqlClientPools : EventListener
{
    public const string AllPools = "all";

    private const string SourceName = "Microsoft.Data.SqlClient.EventSource";
    private const string Active = "number-of-active-connections";
    private const string Idle = "number-of-free-connections";

    /// <summary>A keyword of nobody's: the counters come whatever is asked for, and the source's trace, which is costly, stays off.</summary>
    private const EventKeywords NoTrace = (EventKeywords)(1L << 44);

    /// <summary>What a scrape shows is at most this old; counters cannot be asked, they are told.</summary>
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

    private readonly DatabaseMetrics? _metrics;
    private readonly MetricRegistry? _registry;
    private readonly TimeSpan _interval;
    private readonly Lock _gate = new();
    private EventSource? _source;
    private bool _isStarted;
    private bool _isDisposed;

    public SqlClientPools(DatabaseMetrics metrics, MetricRegistry registry, TimeSpan? interval = null)
    {
        _metrics = metrics;
        _registry = registry;
        _interval = interval ?? DefaultInterval;
    }

    public void Start()
    {
        lock (_gate)
            _isStarted = true;
        Enable();
    }

    /// <summary>For sources that exist already it runs inside the base constructor: nothing of ours is there yet but what the source brings.</summary>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name != SourceName)
            return;
        Volatile.Write(ref _source, eventSource);
        if (_gate is not null)
            Enable();
    }

    /// <summary>It runs on the runtime's own thread for counters.</summary>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        try
        {
            if (eventData.EventName == "EventCounters" && eventData.Payload is [IDictionary<string, object?> counter, ..])
                Read(counter);
        }
        catch (Exception exception)
        {
            _registry?.Failed(Observers.Database, exception);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _metrics?.Forget(DbSystem.SqlServer, "", AllPools);
        }
    }

    /// <summary>Not under our lock: a source is announced under one of the runtime's, which is taken to enable it as well. Twice is as good as once.</summary>
    private void Enable()
    {
        bool isWanted;
        lock (_gate)
            isWanted = _isStarted && !_isDisposed;
        if (isWanted && Volatile.Read(ref _source) is { } source)
            EnableEvents(source, EventLevel.Critical, NoTrace, new Dictionary<string, string?> { ["EventCounterIntervalSec"] = _interval.TotalSeconds.ToString(CultureInfo.InvariantCulture) });
    }

    private void Read(IDictionary<string, object?> counter)
    {
        if (counter.TryGetValue("Name", out var name) && counter.TryGetValue("Mean", out var mean) && mean is double value && double.IsFinite(value))
        {
            lock (_gate)
            {
                if (!_isDisposed && name is Active)
                    _metrics?.Pool(DbSystem.SqlServer, "", AllPools, active: value, idle: null, max: null);
                else if (!_isDisposed && name is Idle)
                    _metrics?.Pool(DbSystem.SqlServer, "", AllPools, active: null, idle: value, max: null);
            }
        }
    }
}
