using CoLink.Observability.Logging.Loki;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class BlockingDelayTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task It_ends_by_the_clock_where_its_timer_does_not_come()
    {
        var time = new WithoutTimers();
        var delay = Task.Run(() => BlockingDelay.TryFor(Wait, time, CancellationToken.None));
        await time.Asked.WaitAsync(TimeSpan.FromSeconds(60));

        time.Advance(Wait);

        Assert.True(await delay.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task It_is_cut_short_at_once()
    {
        var time = new WithoutTimers();
        using var cut = new CancellationTokenSource();
        var delay = Task.Run(() => BlockingDelay.TryFor(Wait, time, cut.Token), CancellationToken.None);
        await time.Asked.WaitAsync(TimeSpan.FromSeconds(60));

        await cut.CancelAsync();

        Assert.False(await delay.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>As on a pool that is starved.</summary>
    private sealed class WithoutTimers : FakeTimeProvider
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _asked.TrySetResult();
            return base.CreateTimer(static _ => { }, null, dueTime, period);
        }
    }
}
