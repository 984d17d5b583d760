namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// Where each span that ended is or what became of it: held, exported, failed or dropped. What is held is bounded, that which is on
/// its way to the collector included: it is memory as well.
/// </summary>
internal sealed class SpanLedger(int limit, TracingMetrics? metrics)
{
    private long _held;
    private long _inFlight;
    private int _isClosed;

    public int Limit => limit;

    public long Held => Interlocked.Read(ref _held);

    /// <summary>Whether the process has no time left for what is held.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>A span ended. False where there is no place for it: it is dropped, and counted.</summary>
    public bool TryHold()
    {
        if (!IsClosed)
        {
            if (Interlocked.Increment(ref _held) <= limit)
                return true;
            Interlocked.Decrement(ref _held);
        }

        metrics?.Dropped(1);
        return false;
    }

    /// <summary>An export begins. False where the spans were given up already.</summary>
    public bool TryBegin(long spans)
    {
        Interlocked.Exchange(ref _inFlight, spans);
        return !IsClosed;
    }

    /// <summary>An export ended.</summary>
    public void Settle(long exported, long failed)
    {
        Interlocked.Exchange(ref _inFlight, 0);
        Interlocked.Add(ref _held, -(exported + failed));
        metrics?.Exported(exported);
        metrics?.Failed(failed);
    }

    /// <summary>Gives up what waits; an export that is under way meets its fate itself.</summary>
    /// <returns>How many spans that were.</returns>
    public long Close()
    {
        Interlocked.Exchange(ref _isClosed, 1);
        var left = Held - Interlocked.Read(ref _inFlight);
        if (left <= 0)
            return 0;
        Interlocked.Add(ref _held, -left);
        metrics?.Dropped(left);
        return left;
    }
}
