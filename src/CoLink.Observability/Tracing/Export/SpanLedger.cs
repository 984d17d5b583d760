namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// Where each span that ended is or what became of it: held, exported, failed or dropped. What is held is bounded, that which is on
/// its way to the collector included: it is memory as well. Each has one fate, at whatever moment the process ends.
/// </summary>
internal sealed class SpanLedger(int limit, TracingMetrics? metrics)
{
    /// <summary>What is closed is full: far beyond any limit, in the same number, so that a span that ends is either let in before or not at all.</summary>
    private const long Closed = 1L << 62;

    /// <summary>For what moves a batch at a time. The threads on which spans end do not wait for it.</summary>
    private readonly Lock _gate = new();
    private long _held;
    private long _inFlight;

    public int Limit => limit;

    public long Held => Interlocked.Read(ref _held) & ~Closed;

    /// <summary>Whether the process has no time left for what is held.</summary>
    public bool IsClosed => Interlocked.Read(ref _held) >= Closed;

    /// <summary>A span ended. False where there is no place for it: it is dropped, and counted.</summary>
    public bool TryHold()
    {
        for (var held = Interlocked.Read(ref _held); held < limit;)
        {
            var found = Interlocked.CompareExchange(ref _held, held + 1, held);
            if (found == held)
                return true;
            held = found;
        }

        metrics?.Dropped(1);
        return false;
    }

    /// <summary>An export begins. False where the spans were given up already.</summary>
    public bool TryBegin(long spans)
    {
        lock (_gate)
        {
            if (IsClosed)
                return false;
            _inFlight = spans;
            return true;
        }
    }

    /// <summary>An export ended.</summary>
    public void Settle(long exported, long failed)
    {
        lock (_gate)
        {
            _inFlight = 0;
            Interlocked.Add(ref _held, -(exported + failed));
        }

        metrics?.Exported(exported);
        metrics?.Failed(failed);
    }

    /// <summary>Gives up what waits; an export that is under way meets its fate itself.</summary>
    /// <returns>How many spans that were.</returns>
    public long Close()
    {
        long left;
        lock (_gate)
        {
            if (IsClosed)
                return 0;
            left = Interlocked.Add(ref _held, Closed) - Closed - _inFlight;
            Interlocked.Add(ref _held, -left);
        }

        metrics?.Dropped(left);
        return left;
    }
}
