namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Where every event handed to the Loki client is or what became of it. Each change is one move from a place to another or to a
/// fate, so that at any instant <c>emitted + adopted = fates + held</c>.
/// </summary>
internal sealed class LogLedger
{
    private readonly Lock _gate = new();
    private readonly long[] _fates = new long[Enum.GetValues<LogFate>().Length];
    private readonly long[] _refusals = new long[Enum.GetValues<LogRefusal>().Length];
    private long _emitted;
    private long _droppedAtQueue;
    private long _droppedLate;
    private long _adopted;
    private long _taken;
    private long _inFlight;
    private long _spooled;

    /// <summary>An event was handed in. Until told otherwise it waits in the queue. The only two moves that the logging thread pays for.</summary>
    public void Emitted() => Interlocked.Increment(ref _emitted);

    /// <summary>An event handed in found the queue full.</summary>
    public void DroppedAtQueue() => Interlocked.Increment(ref _droppedAtQueue);

    /// <summary>An event was handed in when the client had shut down.</summary>
    public void DroppedLate() => Interlocked.Increment(ref _droppedLate);

    /// <summary>From the queue into somebody's hands.</summary>
    public void Took(int events) => Move(() => (_taken, _inFlight) = (_taken + events, _inFlight + events));

    /// <summary>From hands to the spool.</summary>
    public void Spooled(int events) => Move(() => (_inFlight, _spooled) = (_inFlight - events, _spooled + events));

    /// <summary>From the spool back into hands.</summary>
    public void Unspooled(int events) => Move(() => (_spooled, _inFlight) = (_spooled - events, _inFlight + events));

    /// <summary>Found in the spool of a process that is gone.</summary>
    public void Adopted(int events) => Move(() => (_adopted, _spooled) = (_adopted + events, _spooled + events));

    /// <summary>They have met their fate, and are in hands again with others that have not: taken over once more.</summary>
    public void Resumed(int events) => Move(() => (_adopted, _inFlight) = (_adopted + events, _inFlight + events));

    /// <summary>Dropped from the spool, for its size or because they can no longer be read.</summary>
    public void DroppedFromSpool(int events) => Move(() =>
    {
        _spooled -= events;
        _fates[(int)LogFate.DroppedSpool] += events;
    });

    /// <summary>From hands to a fate.</summary>
    public void Settled(LogFate fate, int events) => Move(() =>
    {
        _inFlight -= events;
        _fates[(int)fate] += events;
    });

    /// <summary>From hands to <see cref="LogFate.Rejected"/>, with the reason.</summary>
    public void Rejected(LogRefusal reason, int events) => Move(() =>
    {
        _inFlight -= events;
        _fates[(int)LogFate.Rejected] += events;
        _refusals[(int)reason] += events;
    });

    /// <summary>All of it at one instant.</summary>
    public LogBalance Read()
    {
        lock (_gate)
        {
            long[] fates = [.. _fates];
            var droppedAtQueue = Interlocked.Read(ref _droppedAtQueue);
            var droppedLate = Interlocked.Read(ref _droppedLate);
            fates[(int)LogFate.DroppedQueue] += droppedAtQueue;
            fates[(int)LogFate.DroppedShutdown] += droppedLate;

            // Read last: what was dropped meanwhile was emitted before.
            var emitted = Interlocked.Read(ref _emitted);
            return new LogBalance(emitted, _adopted, fates, [.. _refusals], emitted - droppedAtQueue - droppedLate - _taken, _inFlight, _spooled);
        }
    }

    private void Move(Action move)
    {
        lock (_gate)
            move();
    }
}

/// <summary>What becomes of an event, in the order of the label's values.</summary>
internal enum LogFate
{
    Delivered,
    Rejected,
    Oversized,
    DroppedQueue,
    DroppedSpool,
    DroppedShutdown,
}

/// <summary>Why Loki refused an event or would refuse it, in the order of the label's values.</summary>
internal enum LogRefusal
{
    Refused,
    TooOld,
    TooNew,
    TooLong,
    Labels,
}

/// <param name="Emitted">Events handed in.</param>
/// <param name="Adopted">Events taken over from the spool of a process that is gone.</param>
/// <param name="Fates">By <see cref="LogFate"/>.</param>
/// <param name="Refusals">By <see cref="LogRefusal"/>; their sum is the fate <see cref="LogFate.Rejected"/>.</param>
/// <param name="Queued">Held in the queue.</param>
/// <param name="InFlight">Held in a push that is made, sent or waits to be sent again.</param>
/// <param name="Spooled">Held in the spool.</param>
internal sealed record LogBalance(long Emitted, long Adopted, long[] Fates, long[] Refusals, long Queued, long InFlight, long Spooled)
{
    public long Of(LogFate fate) => Fates[(int)fate];

    public long Held => Queued + InFlight + Spooled;
}
