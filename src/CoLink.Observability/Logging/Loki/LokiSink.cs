using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Where the events for Loki are handed in: a queue of our own, since Serilog's own queue loses what it has no room for without a
/// word. Never waits, never throws; whoever logs pays for a place in the queue and a few counters.
/// </summary>
internal sealed class LokiSink : ILogEventSink
{
    private readonly LogLedger _ledger;
    private readonly Channel<LogEvent> _queue;

    private readonly Bell _bell = new();
    private int _arrived;
    private int _wakeAt;
    private int _isFull;
    private bool _isClosed;

    /// <param name="ledger">Counts what is handed in.</param>
    /// <param name="limit">How many may wait.</param>
    public LokiSink(LogLedger ledger, int limit)
    {
        (_ledger, Limit) = (ledger, limit);
        _queue = Channel.CreateBounded<LogEvent>(limit);
    }

    public int Limit { get; }

    /// <summary>Called when the queue has become full, by the one who found no room: it must be quick.</summary>
    public Action? WhenFull { get; set; }

    /// <summary>When the next event in the queue was made; null where there is none.</summary>
    public DateTimeOffset? Oldest => _queue.Reader.TryPeek(out var next) ? next.Timestamp : null;

    public void Emit(LogEvent logEvent)
    {
        _ledger.Emitted();
        if (_queue.Writer.TryWrite(logEvent))
        {
            // Once for each wait of the reader, not once for each event.
            if (Interlocked.Increment(ref _arrived) == Volatile.Read(ref _wakeAt))
                Wake();
        }
        else if (Volatile.Read(ref _isClosed))
        {
            _ledger.DroppedLate();
        }
        else
        {
            _ledger.DroppedAtQueue();
            if (Interlocked.Exchange(ref _isFull, 1) == 0)
                WhenFull?.Invoke();
        }
    }

    /// <summary>Moves events into the reader's hands; how many.</summary>
    public int Take(Span<LogEvent> target)
    {
        var taken = 0;
        while (taken < target.Length && _queue.Reader.TryRead(out var logEvent))
            target[taken++] = logEvent;
        if (taken > 0)
            _ledger.Took(taken);
        return taken;
    }

    /// <summary>Whether there was no room since this was last asked.</summary>
    public bool WasFull() => Interlocked.Exchange(ref _isFull, 0) == 1;

    /// <summary>Waits until so many more are in the queue than now, until somebody wakes it, or until its patience is over. It blocks.</summary>
    public void WaitFor(int events, TimeSpan patience)
    {
        Volatile.Write(ref _wakeAt, events);
        Interlocked.Exchange(ref _arrived, 0);

        // What has come before it was counted from.
        if (_queue.Reader.TryPeek(out _))
            return;
        _bell.Wait(patience);
    }

    /// <summary>Wakes the reader, now or when it waits next: several times is once.</summary>
    public void Wake() => _bell.Ring();

    /// <summary>What is handed in from now on is dropped and counted.</summary>
    public void Close()
    {
        Volatile.Write(ref _isClosed, true);
        _queue.Writer.TryComplete();
    }
}
