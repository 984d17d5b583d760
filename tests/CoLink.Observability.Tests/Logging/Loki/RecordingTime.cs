using System.Collections.Concurrent;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A clock of the test's that knows who waits, and for how long.</summary>
internal sealed class RecordingTime() : FakeTimeProvider(Some.Time)
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly ConcurrentDictionary<TimeSpan, Exception> _refused = new();
    private readonly ConcurrentDictionary<ITimer, bool> _timers = new();
    private int _begun;

    /// <summary>How many timers were made.</summary>
    public int Timers => Volatile.Read(ref _begun);

    /// <summary>How many of them have not been disposed of.</summary>
    public int OpenTimers => _timers.Count;

    /// <summary>Who waits for exactly this long next cannot: there is no memory for it, say.</summary>
    public void Refuse(TimeSpan wait, Exception reason) => _refused[wait] = reason;

    /// <summary>Waits until somebody waits for exactly this long, and lets it pass.</summary>
    public async Task AdvanceOverAsync(TimeSpan wait)
    {
        await WaitedForAsync(wait);
        Advance(wait);
    }

    /// <summary>Waits until somebody waits for exactly this long.</summary>
    public Task WaitedForAsync(TimeSpan wait) =>
        Eventually.IsTrue(() => _waits.TryDequeue(out var next) && next == wait, text: $"somebody waits for {wait}");

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (_refused.TryRemove(dueTime, out var reason))
            throw reason;
        var timer = new Timer(base.CreateTimer(callback, state, dueTime, period), this);
        _timers[timer] = true;
        Interlocked.Increment(ref _begun);
        _waits.Enqueue(dueTime);
        return timer;
    }

    private sealed class Timer(ITimer inner, RecordingTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isChanged = inner.Change(dueTime, period);
            time._waits.Enqueue(dueTime);
            return isChanged;
        }

        public void Dispose()
        {
            time._timers.TryRemove(this, out _);
            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            time._timers.TryRemove(this, out _);
            return inner.DisposeAsync();
        }
    }
}
