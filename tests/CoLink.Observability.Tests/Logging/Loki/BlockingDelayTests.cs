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
    public void It_is_cut_short()
    {
        var wasWhole = true;
        using var cut = new CancellationTokenSource();
        var thread = new Thread(() => wasWhole = BlockingDelay.TryFor(Wait, new WithoutTimers(), cut.Token)) { IsBackground = true };
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(60)));

        cut.Cancel();

        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        Assert.False(wasWhole);
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
