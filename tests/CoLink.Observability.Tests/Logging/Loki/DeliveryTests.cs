using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>One batch against a Loki that does not simply take it.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly Some.Clock _lokiTime = new();
    private readonly LogLedger _ledger = new();
    private readonly PushBody _body = new();
    private readonly PushBatch _batch = new(Some.Labels().Of(Some.Event("a")).Labels);
    private readonly LokiHealth _health;
    private StubLoki _loki = null!;
    private LokiClient _client = null!;
    private Delivery? _delivery;

    public DeliveryTests() => _health = new LokiHealth("http://loki", _time, new Some.Draw(0), NullLogger.Instance);

    public async ValueTask InitializeAsync()
    {
        _loki = await StubLoki.StartAsync(_lokiTime);
        _client = new LokiClient(_loki.Address, Some.Options(), _time);
    }

    public async ValueTask DisposeAsync()
    {
        _delivery?.Dispose();
        _client.Dispose();
        _body.Dispose();
        await _loki.DisposeAsync();
        Assert.Null(LedgerWatch.Breach(_ledger.Read(), null));
    }

    [Fact]
    public async Task What_Loki_takes_is_delivered()
    {
        Assert.True(await RunAsync(Of(10)));

        Assert.Equal((10, 0, 10), (Fate(LogFate.Delivered), Held, _loki.Lines.Count));
        Assert.Equal(Some.Time, _health.LastSuccess);
    }

    [Fact]
    public async Task A_refusal_with_a_count_needs_one_push()
    {
        await PushNewestAsync();

        Assert.True(await RunAsync([.. Enumerable.Range(0, 3).Select(i => (Some.Time.AddMinutes(-70).AddSeconds(i), "behind")), .. Of(7)]));

        Assert.Equal((7, 3, 3), (Fate(LogFate.Delivered), Fate(LogFate.Rejected), Refusal(LogRefusal.Refused)));
        Assert.Equal(2, _loki.Pushes.Count);
    }

    [Fact]
    public async Task What_the_distributor_refused_is_in_no_count_of_the_ingesters()
    {
        await PushNewestAsync();
        _lokiTime.Ahead = -TimeSpan.FromMinutes(20);

        // Two are too new for this Loki and never come to be counted: "1 out of 2".
        await RunAsync([(Some.Time.AddMinutes(-70), "behind"), (Some.Time.AddMinutes(-12), "good"), (Some.Time, "new"), (Some.Time.AddTicks(1), "new")]);

        Assert.Equal((1, 3), (Fate(LogFate.Delivered), Fate(LogFate.Rejected)));
        Assert.Equal(["newest", "good"], _loki.Lines);
    }

    [Fact]
    public async Task A_refusal_without_a_count_is_bisected_until_the_refused_stand_alone()
    {
        var lines = Of(1000);
        foreach (var bad in new[] { 0, 333, 334, 700, 999 })
            lines[bad].Line = new string('x', 262_145);

        Assert.True(await RunAsync(lines));

        Assert.Equal((995, 5, 5), (Fate(LogFate.Delivered), Fate(LogFate.Rejected), Refusal(LogRefusal.TooLong)));
        Assert.Equal(995, _loki.Lines.Count);
        Assert.InRange(_loki.Pushes.Count, 30, 90);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1000, 1)]
    [InlineData(1000, 400)]
    [InlineData(1000, 999)]
    [InlineData(1000, 1000)]
    [InlineData(1, 1)]
    public async Task How_many_are_too_new_is_found_in_a_few_pushes(int events, int tooNew)
    {
        // As Loki sees it the clock here is ahead, by ten minutes for the last event that it takes.
        _lokiTime.Ahead = TimeSpan.FromMilliseconds(events - tooNew - 1) - TimeSpan.FromMinutes(10);

        Assert.True(await RunAsync([.. Enumerable.Range(0, events).Select(i => (Some.Time.AddMilliseconds(i), $"line {i}"))]));

        Assert.Equal((events - tooNew, tooNew), (Fate(LogFate.Delivered), Refusal(LogRefusal.TooNew)));
        Assert.Equal(events - tooNew, _loki.Lines.Count);
        Assert.InRange(_loki.Pushes.Count, 1, 22);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(400)]
    [InlineData(999)]
    [InlineData(1000)]
    public async Task How_many_are_too_old_is_found_in_a_few_pushes(int tooOld)
    {
        _lokiTime.Ahead = TimeSpan.FromDays(7) + TimeSpan.FromMilliseconds(tooOld);

        Assert.True(await RunAsync([.. Enumerable.Range(0, 1000).Select(i => (Some.Time.AddMilliseconds(i), $"line {i}"))]));

        Assert.Equal((1000 - tooOld, tooOld), (Fate(LogFate.Delivered), Refusal(LogRefusal.TooOld)));
        Assert.Equal(1000 - tooOld, _loki.Lines.Count);
        Assert.InRange(_loki.Pushes.Count, 1, 22);
    }

    [Fact]
    public async Task What_would_be_refused_by_the_clock_here_is_not_sent()
    {
        var week = TimeSpan.FromDays(7);
        Assert.True(await RunAsync(
            [(Some.Time - week - TimeSpan.FromTicks(1), "old"), (Some.Time - week, "oldest"), (Some.Time, "now"), (Some.Time.AddMinutes(10), "newest"), (Some.Time.AddMinutes(10).AddTicks(1), "new")]));

        Assert.Equal(["oldest", "now", "newest"], _loki.Pushes.SelectMany(push => push.Entries).Select(entry => entry.Line));
        Assert.Equal((3, 1, 1), (Fate(LogFate.Delivered), Refusal(LogRefusal.TooOld), Refusal(LogRefusal.TooNew)));
    }

    [Fact]
    public async Task What_became_too_old_while_it_waited_is_not_sent_again()
    {
        _loki.Next(StubFault.Answer(503));
        Assert.False(await RunAsync([(Some.Time, "old by then"), (Some.Time.AddDays(1), "too new")]));
        Assert.Equal(1, Refusal(LogRefusal.TooNew));
        _time.Advance(TimeSpan.FromDays(8));

        Assert.True(await _delivery!.RunAsync(CancellationToken.None));

        Assert.Equal((1, 0), (Refusal(LogRefusal.TooOld), Held));
        Assert.Single(_loki.Pushes);
    }

    [Theory]
    [InlineData("entry for stream '{}' has 16 label names; limit 15", 1, LogRefusal.Labels)]
    [InlineData("stream '{}' includes structured metadata, but this feature is disallowed.", 3, LogRefusal.Refused)]
    [InlineData("", 3, LogRefusal.Refused)]
    internal async Task A_refusal_of_the_whole_push_is_not_bisected_to_the_end(string text, int pushes, LogRefusal reason)
    {
        _loki.Fault = _ => StubFault.Answer(400, text);

        Assert.True(await RunAsync(Of(1000)));

        Assert.Equal((0, 1000), (Fate(LogFate.Delivered), Refusal(reason)));
        Assert.InRange(_loki.Pushes.Count, 1, pushes);
    }

    [Fact]
    public async Task There_is_an_end_to_bisecting()
    {
        _loki.Fault = push => StubFault.Answer(400, $"Max entry size '1' bytes exceeded: {push.Entries[0].Nanoseconds}");

        Assert.True(await RunAsync(Of(1000)));

        Assert.Equal(1000, Refusal(LogRefusal.TooLong));

        // Two hundred pushes that were halved, and what is left of them: one more.
        Assert.Equal(200 + 201, _loki.Pushes.Count);
    }

    [Fact]
    public async Task Status_422_is_a_refusal_as_400_is()
    {
        _loki.Next(StubFault.Answer(422, "user 'fake', total ignored: 2 out of 10 for stream: {}"));

        Assert.True(await RunAsync(Of(10)));

        Assert.Equal((8, 2), (Fate(LogFate.Delivered), Refusal(LogRefusal.Refused)));
    }

    [Fact]
    public async Task A_push_that_is_too_large_is_split_and_one_event_that_is_too_large_is_given_up()
    {
        _loki.Fault = push => push.Entries.Count > 3 || push.Entries.Any(entry => entry.Line == "line 5") ? StubFault.Answer(413) : null;

        Assert.True(await RunAsync(Of(10)));

        Assert.Equal((9, 1, 9), (Fate(LogFate.Delivered), Fate(LogFate.Oversized), _loki.Lines.Count));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_push_that_fails_three_times_in_the_same_way_is_halved(int status)
    {
        _loki.Fault = push => push.Entries.Count > 300 ? StubFault.Answer(status) : null;

        Assert.Equal(9, await FailuresUntilDoneAsync(Of(1000), 20));

        Assert.Equal([1000, 1000, 1000, 500, 500, 500, 250, 250, 500], _loki.Pushes.Take(9).Select(push => push.Entries.Count));
        Assert.Equal((1000, 1000), (Fate(LogFate.Delivered), _loki.Lines.Count));
    }

    [Fact]
    public async Task A_push_that_fails_in_different_ways_is_not()
    {
        _loki.Next(StubFault.Answer(500), StubFault.Answer(503), StubFault.Answer(500), StubFault.CutBefore, StubFault.CutBefore, StubFault.CutBefore, StubFault.Answer(401), StubFault.Answer(401), StubFault.Answer(401));

        Assert.Equal(9, await FailuresUntilDoneAsync(Of(10), 20));

        Assert.All(_loki.Pushes.Where(push => push.Bytes > 0), push => Assert.Equal(10, push.Entries.Count));
    }

    [Fact]
    public async Task What_was_stored_without_an_answer_is_sent_again_and_stored_once()
    {
        _loki.Next(StubFault.CutAfter, StubFault.Answer(500).AfterStoring());

        Assert.Equal(2, await FailuresUntilDoneAsync(Of(10), 5));

        Assert.True(_delivery!.MayBeStored);
        Assert.Equal((10, 20, 10), (_loki.Lines.Count, _loki.Duplicates, Fate(LogFate.Delivered)));
    }

    [Fact]
    public async Task A_push_that_never_came_through_is_known_not_to_be_stored()
    {
        _loki.Next(StubFault.Answer(429), StubFault.Answer(401));

        Assert.Equal(2, await FailuresUntilDoneAsync(Of(10), 5));

        Assert.False(_delivery!.MayBeStored);
    }

    [Fact]
    public async Task What_remains_can_be_given_to_a_fate()
    {
        _loki.Next(StubFault.Answer(413), StubFault.Answer(204).AfterStoring(), StubFault.Answer(503));
        Assert.False(await RunAsync(Of(10)));
        Assert.Equal((5, LokiTime.Of(Some.Time.AddTicks(5))), (_delivery!.Remaining, _delivery.Oldest));

        Assert.Equal(5, _delivery.Give(LogFate.DroppedShutdown));

        Assert.Equal((5, 5, 0, 0), (Fate(LogFate.Delivered), Fate(LogFate.DroppedShutdown), Held, _delivery.Remaining));
    }

    private static (DateTimeOffset At, string Line)[] Of(int lines) => [.. Enumerable.Range(0, lines).Select(i => (Some.Time.AddTicks(i), $"line {i}"))];

    private async Task PushNewestAsync()
    {
        var newest = new PushBatch(_batch.Labels);
        newest.Add(LokiTime.Of(Some.Time), "newest"u8, null, null);
        using (newest)
            Assert.Equal(PushVerdict.Taken, (await _client.PushAsync(_body.Encode(newest, newest.Labels, 0, 1), CancellationToken.None)).Verdict);
    }

    private async Task<bool> RunAsync((DateTimeOffset At, string Line)[] lines)
    {
        foreach (var (at, line) in lines)
        {
            _ledger.Emitted();
            _batch.Add(LokiTime.Of(at), System.Text.Encoding.UTF8.GetBytes(line), null, null);
        }

        _ledger.Took(lines.Length);
        _delivery = new Delivery(_batch, _batch.Labels, _client, _body, _ledger, _health, _time);
        return await _delivery.RunAsync(CancellationToken.None);
    }

    private async Task<int> FailuresUntilDoneAsync((DateTimeOffset At, string Line)[] lines, int most)
    {
        var isDone = await RunAsync(lines);
        var failures = isDone ? 0 : 1;
        for (; !isDone; failures += isDone ? 0 : 1)
        {
            Assert.InRange(failures, 0, most);
            isDone = await _delivery!.RunAsync(CancellationToken.None);
        }

        return failures;
    }

    private long Fate(LogFate fate) => _ledger.Read().Of(fate);

    private long Refusal(LogRefusal reason) => _ledger.Read().Refusals[(int)reason];

    private long Held => _ledger.Read().Held;
}
