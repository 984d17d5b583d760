using Microsoft.Extensions.ObjectPool;

namespace CoLink.Observability.Registry;

/// <summary>
/// What is measured from one moment to another. It is rented for that time: the ticket that came with it ends it once, and whoever
/// comes later with the same ticket changes nothing, though it measures something else by then.
/// </summary>
internal sealed class Measurement(Measurements owner)
{
    private HistogramSeries? _histogram;
    private GaugeSeries? _gauge;
    private long _startedAt;
    private long _ticket;

    public MetricScope Begin(HistogramSeries histogram)
    {
        _histogram = histogram;
        _startedAt = owner.Time.GetTimestamp();
        return new MetricScope(this, _ticket);
    }

    public MetricScope Begin(GaugeSeries gauge)
    {
        _gauge = gauge;
        gauge.Inc();
        return new MetricScope(this, _ticket);
    }

    public void End(long ticket)
    {
        if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
            return;
        _histogram?.Observe(owner.Time.GetElapsedTime(_startedAt).TotalSeconds);
        _gauge?.Dec();
        _histogram = null;
        _gauge = null;
        owner.GiveBack(this);
    }
}

/// <summary>The measurements of one registry, used again and again.</summary>
internal sealed class Measurements : IPooledObjectPolicy<Measurement>
{
    /// <summary>What may wait to be used again; with more than this in progress at once, each further one allocates.</summary>
    private const int Kept = 256;

    private readonly DefaultObjectPool<Measurement> _pool;

    public Measurements(TimeProvider time)
    {
        Time = time;
        _pool = new DefaultObjectPool<Measurement>(this, Kept);
    }

    public TimeProvider Time { get; }

    public Measurement Take() => _pool.Get();

    public void GiveBack(Measurement measurement) => _pool.Return(measurement);

    public Measurement Create() => new(this);

    public bool Return(Measurement obj) => true;
}
