using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>When the replay looks at the spool and asks Loki, and when it waits. Each back-off is as long as it may be: half a second, a second, two.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const int SpoolFails = 174;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private Replaying _replaying = null!;

    public async ValueTask InitializeAsync() => _replaying = await Replaying.OpenAsync();

    public ValueTask DisposeAsync() => _replaying.DisposeAsync();

    [Fact]
    public async Task What_comes_into_the_spool_is_sent_without_a_wait()
    {
        _replaying.Start();
        await _replaying.Time.WaitedForAsync(Pause);

        _replaying.Append(10);
        _replaying.Replay.Nudge();

        await DeliveredAsync(10);
    }

    [Fact]
    public async Task What_comes_after_a_quiet_second_is_heard_of_as_well()
    {
        _replaying.Start();
        await _replaying.Time.AdvanceOverAsync(Pause);
        await _replaying.Time.WaitedForAsync(Pause);

        _replaying.Append(10);
        _replaying.Replay.Nudge();

        await DeliveredAsync(10);
    }

    [Fact]
    public async Task What_nobody_tells_of_is_found_a_second_later()
    {
        _replaying.Start();
        await _replaying.Time.WaitedForAsync(Pause);

        _replaying.Append(10);
        _replaying.Time.Advance(Pause);

        await DeliveredAsync(10);
    }

    [Fact]
    public async Task An_empty_spool_is_no_trouble_and_is_looked_at_no_more_often_than_somebody_tells_of_it()
    {
        _replaying.Start();
        for (var i = 0; i < 5; i++)
        {
            await _replaying.Time.WaitedForAsync(Pause);
            _replaying.Replay.Nudge();
        }

        await _replaying.Time.WaitedForAsync(Pause);
        Assert.Equal(6, _replaying.Time.Timers);
        Assert.Empty(_replaying.Logs.Lines);
    }

    [Fact]
    public async Task While_Loki_takes_nothing_it_is_asked_once_a_back_off()
    {
        _replaying.Loki.Next(StubFault.Answer(503), StubFault.Answer(503));
        _replaying.Append(10);
        _replaying.Start();

        await _replaying.Time.AdvanceOverAsync(TimeSpan.FromSeconds(0.5));
        await _replaying.Time.WaitedForAsync(Pause);
        Assert.Equal(2, _replaying.Loki.Pushes.Count);
        _replaying.Time.Advance(Pause);

        await DeliveredAsync(10);
    }

    [Fact]
    public async Task However_long_Loki_is_not_asked_what_comes_meanwhile_is_on_the_disk_a_second_later()
    {
        _replaying.Health.Failed(new PushAnswer(PushVerdict.Later, 429, "busy") { RetryAfter = TimeSpan.FromMinutes(1) });
        _replaying.Start();
        await _replaying.Time.WaitedForAsync(Pause);

        // What cannot be flushed is said.
        _replaying.Append(10);
        File.Delete(Assert.Single(_replaying.Segments));
        Assert.DoesNotContain(_replaying.Logs.Lines, line => line.Id == SpoolFails);
        _replaying.Time.Advance(Pause);

        await _replaying.Logs.SingleAsync(SpoolFails);
        Assert.Empty(_replaying.Loki.Pushes);
    }

    [Fact]
    public async Task The_oldest_event_in_hands_is_known_until_it_is_delivered()
    {
        _replaying.Loki.Next(StubFault.Answer(503));
        Assert.Equal(long.MaxValue, _replaying.Replay.Oldest);
        _replaying.Append(10);
        _replaying.Start();

        await _replaying.Time.WaitedForAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal(LokiTime.Of(Some.Time), _replaying.Replay.Oldest);
        _replaying.Time.Advance(TimeSpan.FromSeconds(0.5));
        await DeliveredAsync(10);

        await Eventually.IsTrue(() => _replaying.Replay.Oldest == long.MaxValue);
    }

    private async Task DeliveredAsync(int events)
    {
        await Eventually.IsTrue(() => _replaying.Balance.Of(LogFate.Delivered) == events);
        Assert.Equal(events, _replaying.Loki.Lines.Count);
    }
}
