using System.Collections.Concurrent;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A clock of the test's that knows who waits, and for how long.</summary>
internal sealed class RecordingTime() : FakeTimeProvider(Some.Time)
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    /// <summary>Waits until somebody waits for exactly this long, and lets it pass.</summary>
    public async Task AdvanceOverAsync(TimeSpan wait)
    {
        await Eventually.IsTrue(() => _waits.TryDequeue(out var next) && next == wait);
        Advance(wait);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }
}
