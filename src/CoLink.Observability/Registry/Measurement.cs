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
        _startedAt = owner.Clock.Now;
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
        _histogram?.Observe(owner.Clock.SecondsSince(_startedAt));
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
        Clock = new Clock(time);
        _pool = new DefaultObjectPool<Measurement>(this, Kept);
    }

    public Clock Clock { get; }

    public Measurement Take() => _pool.Get();

    public void GiveBack(Measurement measurement) => _pool.Return(measurement);

    public Measurement Create() => new(this);

    public bool Return(Measurement obj) => true;
}
