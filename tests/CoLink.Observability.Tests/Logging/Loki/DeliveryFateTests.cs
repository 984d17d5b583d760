using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What a delivery knows of its batch when Loki refuses a part, when its stream is too far ahead, and when somebody gives up.</summary>
public sealed class DeliveryFateTests : IAsyncLifetime
{
    private const int Refused = 168;

    private Delivering _delivering = null!;

    public async ValueTask InitializeAsync() => _delivering = await Delivering.OpenAsync();

    public ValueTask DisposeAsync() => _delivering.DisposeAsync();

    [Fact]
    public async Task What_is_too_far_behind_takes_its_lane_and_what_is_not_stays_in_its_stream_once()
    {
        Assert.True(await _delivering.Of((TimeSpan.Zero, "newest")).RunAsync(CancellationToken.None));
        var delivery = _delivering.Of(
            StreamLabels.InLane(_delivering.Labels, 5), (TimeSpan.FromMinutes(-70), "a"), (TimeSpan.FromMinutes(-69), "b"), (TimeSpan.FromMinutes(-2), "c"), (TimeSpan.FromMinutes(-1), "d"));

        Assert.True(await delivery.RunAsync(CancellationToken.None));

        Assert.Equal(["newest", "c", "d"], _delivering.Loki.Streams.Single(stream => !IsLane(stream.Key)).Value.Select(entry => entry.Line));
        Assert.Equal(["a", "b"], _delivering.Loki.Streams.Single(stream => IsLane(stream.Key)).Value.Select(entry => entry.Line));
        Assert.Equal((5, 0), (_delivering.Balance.Of(LogFate.Delivered), _delivering.Balance.InFlight));

        // Before its halves were taken, for whoever would have had to put them into a spool.
        Assert.True(delivery.MayBeStored);
    }

    [Theory]
    [InlineData("entry too far behind, total ignored: 0 out of 1")]
    [InlineData("entry too far behind, total ignored: 7 out of 9")]
    [InlineData("entry out of order")]
    public async Task One_event_that_is_too_far_behind_takes_its_lane_whatever_Loki_counts(string text)
    {
        _delivering.Loki.Next(StubFault.Answer(400, text));

        Assert.True(await _delivering.Of(1, StreamLabels.InLane(_delivering.Labels, 5)).RunAsync(CancellationToken.None));

        Assert.True(IsLane(Assert.Single(_delivering.Loki.Streams).Key));
        Assert.Equal(1, _delivering.Balance.Of(LogFate.Delivered));
    }

    [Fact]
    public async Task A_refusal_that_says_something_else_of_each_half_is_about_an_entry()
    {
        _delivering.Loki.Fault = push => push.Entries.Any(entry => entry.Line == "line 5") ? StubFault.Answer(400, $"one of {push.Entries.Count} is wrong") : null;

        Assert.True(await _delivering.Of(10).RunAsync(CancellationToken.None));

        Assert.Equal((9, 1), (_delivering.Balance.Of(LogFate.Delivered), _delivering.Balance.Refusals[(int)LogRefusal.Refused]));
    }

    [Fact]
    public async Task A_refusal_of_none_is_not_told_of()
    {
        _delivering.Loki.Next(StubFault.Answer(400, "total ignored: 0 out of 10"));

        Assert.True(await _delivering.Of(10).RunAsync(CancellationToken.None));

        Assert.Equal((10, 0), (_delivering.Balance.Of(LogFate.Delivered), _delivering.Balance.Of(LogFate.Rejected)));
        Assert.Empty(_delivering.Logs.Of(Refused));
    }

    [Fact]
    public async Task The_good_events_of_a_refused_push_may_be_stored()
    {
        var delivery = _delivering.Of(10);
        _delivering.Loki.Next(StubFault.Answer(400, "Max entry size"), StubFault.Answer(429));

        Assert.False(await delivery.RunAsync(CancellationToken.None));

        Assert.Equal((10, true), (delivery.Remaining, delivery.MayBeStored));
        delivery.Give(LogFate.DroppedShutdown);
    }

    [Fact]
    public async Task Whoever_gives_up_before_a_push_has_sent_nothing()
    {
        var delivery = _delivering.Of(10);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery.RunAsync(new CancellationToken(canceled: true)));

        Assert.Equal((10, false), (delivery.Remaining, delivery.MayBeStored));
        Assert.Empty(_delivering.Loki.Pushes);
    }

    [Fact]
    public async Task Whoever_gives_up_in_the_middle_of_a_push_does_not_know_whether_it_is_stored()
    {
        var delivery = _delivering.Of(10);
        _delivering.Loki.Next(StubFault.TakeAndHang);
        using var patience = new CancellationTokenSource();
        var running = delivery.RunAsync(patience.Token);
        await Eventually.IsTrue(() => _delivering.Loki.Pushes.Count == 1);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal((10, true), (delivery.Remaining, delivery.MayBeStored));
        Assert.False(_delivering.Health.IsFailing);
    }

    [Fact]
    public void What_goes_into_the_spool_says_how_old_it_is()
    {
        using var place = new SpoolPlace();
        var delivery = _delivering.Of((TimeSpan.FromSeconds(2), "a"), (TimeSpan.Zero, "b"), (TimeSpan.FromSeconds(1), "c"));

        Assert.True(delivery.Spool(place.Open()));

        Assert.Equal(LokiTime.Of(Some.Time), place.Spool.OldestNanoseconds);
        Assert.Equal(new SpoolHeader(3, LokiTime.Of(Some.Time), LokiTime.Of(Some.Time.AddSeconds(2)), Attempted: false), place.Take().Header);
        Assert.Equal(0, delivery.Remaining);
    }

    private static bool IsLane(string stream) => stream.Contains("replay=\"5\"", StringComparison.Ordinal);
}
