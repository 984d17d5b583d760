using System.IO.Compression;
using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>No failure ends the replay or loses what it has in hands, and what it has when the process ends waits for the next one.</summary>
public sealed class ReplayTroubleTests : IAsyncLifetime
{
    private Replaying _replaying = null!;

    public async ValueTask InitializeAsync() => _replaying = await Replaying.OpenAsync();

    public ValueTask DisposeAsync() => _replaying.DisposeAsync();

    [Fact]
    public async Task A_push_for_which_there_is_no_memory_is_made_after_a_back_off()
    {
        _replaying.Time.Refuse(Replaying.PushTimeout, new InsufficientMemoryException("no room for a push"));
        _replaying.Append(10);
        _replaying.Start();

        await _replaying.Time.WaitedForAsync(TimeSpan.FromSeconds(0.5));
        Assert.Contains("no room for a push", _replaying.Health.WhyFailing, StringComparison.Ordinal);
        _replaying.Time.Advance(TimeSpan.FromSeconds(0.5));

        await Eventually.IsTrue(() => _replaying.Balance.Of(LogFate.Delivered) == 10);
    }

    [Fact]
    public async Task A_failure_of_any_other_kind_is_told_of_and_the_replay_goes_on_a_second_later()
    {
        _replaying.Time.Refuse(TimeSpan.FromSeconds(1), new InsufficientMemoryException("no room for a wait"));
        _replaying.Start();

        await _replaying.Time.WaitedForAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("no room for a wait", _replaying.Health.WhyFailing, StringComparison.Ordinal);
        _replaying.Append(10);
        _replaying.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.IsTrue(() => _replaying.Balance.Of(LogFate.Delivered) == 10);
    }

    [Fact]
    public async Task What_is_none_of_ours_leaves_the_disk_when_it_is_dropped()
    {
        _replaying.Append("no push"u8, new SpoolHeader(3, 1, 2, Attempted: false));
        _replaying.Append(10);
        _replaying.Start();

        await Eventually.IsTrue(() => _replaying.Balance.Of(LogFate.Delivered) == 10);
        await _replaying.StopAsync();

        Assert.Equal(3, _replaying.Balance.Of(LogFate.DroppedSpool));
        Assert.Equal(0, _replaying.Door.Spool!.Bytes);
    }

    [Fact]
    public async Task An_end_in_the_middle_of_a_push_is_no_outage()
    {
        _replaying.Loki.Fault = _ => StubFault.Hang;
        _replaying.Append(10);
        _replaying.Start();
        await Eventually.IsTrue(() => _replaying.Loki.Pushes.Count == 1);

        await _replaying.StopAsync();

        Assert.Null(_replaying.Health.WhyFailing);
        Assert.Empty(_replaying.Logs.Lines);
        Assert.Equal((10, long.MaxValue), (_replaying.Balance.Spooled, _replaying.Replay.Oldest));
    }

    [Fact]
    public async Task What_goes_back_as_it_came_is_the_first_again()
    {
        _replaying.Loki.Fault = _ => StubFault.Answer(429);
        _replaying.Append(3, Some.Time.AddMinutes(-2), attempted: true);
        _replaying.Append(5, Some.Time.AddMinutes(-1), attempted: true);
        _replaying.Start();
        await _replaying.Time.WaitedForAsync(TimeSpan.FromSeconds(0.5));

        await _replaying.StopAsync();

        Assert.Equal((3, true), (_replaying.Take() is var first ? (first.Entries, first.Attempted) : default));
        Assert.Equal((5, true), (_replaying.Take() is var second ? (second.Entries, second.Attempted) : default));
    }

    /// <summary>The process before may have stored all of it in its own stream: in a lane it would be shown twice.</summary>
    [Fact]
    public async Task What_is_left_of_what_was_attempted_is_so_still()
    {
        _replaying.Loki.Fault = push => push.Entries.Count == 4 ? StubFault.Answer(413) : push.Entries[0].Line == "line 0" ? null : StubFault.Answer(429);
        _replaying.Append(4, attempted: true);
        _replaying.Start();
        await _replaying.Time.WaitedForAsync(TimeSpan.FromSeconds(0.5));

        await _replaying.StopAsync();

        Assert.Equal(2, _replaying.Balance.Of(LogFate.Delivered));
        Assert.Equal((2, true), (_replaying.Take() is var left ? (left.Entries, left.Attempted) : default));
    }

    /// <summary>A payload of another version, or one that somebody wrote.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    public async Task A_payload_that_holds_more_or_fewer_events_than_it_says_is_none_of_ours(int held, int said)
    {
        var values = string.Join(',', Enumerable.Range(0, held).Select(i => $"[\"{LokiTime.Of(Some.Time) + i}\",\"line\"]"));
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes($$"""{"streams":[{"stream":{"app":"a"},"values":[{{values}}]}]}"""));
        _replaying.Append(body.ToArray(), new SpoolHeader(said, LokiTime.Of(Some.Time), LokiTime.Of(Some.Time), Attempted: false));
        _replaying.Append(10);
        _replaying.Start();

        await Eventually.IsTrue(() => _replaying.Balance.Of(LogFate.Delivered) == 10);

        Assert.Equal(said, _replaying.Balance.Of(LogFate.DroppedSpool));
        Assert.Equal(10, _replaying.Loki.Lines.Count);
    }
}
