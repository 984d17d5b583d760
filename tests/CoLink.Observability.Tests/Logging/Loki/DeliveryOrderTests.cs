using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>In which order a batch goes when it cannot go as one, and how it is refused by time: each push that need not be is one less in an outage.</summary>
public sealed class DeliveryOrderTests : IAsyncLifetime
{
    private const int Refused = 168;

    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private Delivering _delivering = null!;

    public async ValueTask InitializeAsync() => _delivering = await Delivering.OpenAsync();

    public ValueTask DisposeAsync() => _delivering.DisposeAsync();

    [Fact]
    public async Task What_stands_around_events_that_are_not_sent_goes_in_as_few_pushes_and_in_its_order()
    {
        await RunAsync((TimeSpan.Zero, "a"), (Tick, "b"), (TimeSpan.FromMinutes(11), "too new"), (2 * Tick, "c"), (3 * Tick, "d"));

        Assert.Equal([["a", "b"], ["c", "d"]], _delivering.Pushed);
        Assert.Contains("by the clock here", Assert.Single(_delivering.Logs.Of(Refused)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_takes_its_lane_goes_oldest_first()
    {
        var lane = StreamLabels.InLane(_delivering.Labels, 5);
        var delivery = _delivering.Of(4, lane);
        _delivering.Loki.Next(StubFault.Answer(413), StubFault.Answer(429));
        Assert.False(await delivery.RunAsync(CancellationToken.None));

        delivery.TakeLane();
        Assert.True(await delivery.RunAsync(CancellationToken.None));

        Assert.Equal([["line 0", "line 1"], ["line 2", "line 3"]], _delivering.Pushed[2..]);
        Assert.EndsWith("replay=\"5\"}", Assert.Single(_delivering.Loki.Streams).Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_of_what_remains_is_that_of_any_part()
    {
        var delivery = _delivering.Of(4);
        _delivering.Loki.Next(StubFault.Answer(413), StubFault.Answer(429));

        Assert.False(await delivery.RunAsync(CancellationToken.None));

        Assert.Equal((4, LokiTime.Of(Some.Time)), (delivery.Remaining, delivery.Oldest));
        Assert.Equal(4, delivery.Give(LogFate.DroppedShutdown));
        Assert.Equal(long.MaxValue, delivery.Oldest);
    }

    /// <summary>A clock was set back in the middle of the batch, and Loki's is behind.</summary>
    [Fact]
    public async Task Where_one_is_too_new_what_is_as_new_is_not_asked_and_what_is_older_is()
    {
        _delivering.LokiAhead = -TimeSpan.FromMinutes(5);

        await RunAsync((TimeSpan.FromMinutes(8), "new"), (TimeSpan.FromMinutes(8), "as new"), (TimeSpan.Zero, "good"), (TimeSpan.FromMinutes(9), "newer"));

        Assert.Equal([["new", "as new", "good", "newer"], ["new", "as new"], ["new"], ["good", "newer"], ["good"], ["newer"]], _delivering.Pushed);
        Assert.Equal((1, 3), (_delivering.Balance.Of(LogFate.Delivered), _delivering.Balance.Refusals[(int)LogRefusal.TooNew]));
    }

    [Fact]
    public async Task Where_one_is_too_old_what_is_as_old_is_not_asked_and_what_is_newer_is()
    {
        _delivering.LokiAhead = TimeSpan.FromDays(2);

        await RunAsync((-TimeSpan.FromDays(6.5), "older"), (TimeSpan.Zero, "good"), (-TimeSpan.FromDays(6), "as old"), (-TimeSpan.FromDays(6), "old"));

        Assert.Equal([["older", "good", "as old", "old"], ["as old", "old"], ["old"], ["older", "good"], ["good"], ["older"]], _delivering.Pushed);
        Assert.Equal((1, 3), (_delivering.Balance.Of(LogFate.Delivered), _delivering.Balance.Refusals[(int)LogRefusal.TooOld]));
    }

    /// <summary>What no push had yet is refused by nobody: also where it is newer still, Loki may take it.</summary>
    [Fact]
    public async Task What_was_in_no_refused_push_is_sent_in_its_order()
    {
        _delivering.Loki.Fault = push => push.Entries[0].Line == "new" ? StubFault.Answer(400, "entry has timestamp too new") : null;
        var beyond = (TimeSpan.FromMinutes(11), "beyond the clock here");

        await RunAsync((TimeSpan.FromMinutes(8), "new"), (TimeSpan.FromMinutes(8), "as new"), beyond, (TimeSpan.FromMinutes(9), "b"), beyond, (TimeSpan.FromMinutes(9), "c"));

        Assert.Equal([["new", "as new"], ["new"], ["b"], ["c"]], _delivering.Pushed);
        Assert.Equal((2, 4), (_delivering.Balance.Of(LogFate.Delivered), _delivering.Balance.Refusals[(int)LogRefusal.TooNew]));
    }

    private async Task RunAsync(params (TimeSpan After, string Line)[] lines) => Assert.True(await _delivering.Of(lines).RunAsync(CancellationToken.None));
}
