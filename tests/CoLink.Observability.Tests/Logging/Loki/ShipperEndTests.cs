using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>The end of the process on a clock of the test's: what is tried again, when, and what is said of it.</summary>
public sealed class ShipperEndTests
{
    private const int LostAtTheEnd = 171;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly RecordingTime _time = new();

    [Fact]
    public async Task What_waits_for_company_is_delivered_at_once()
    {
        await using var shipping = await Shipping.StartAsync(fake: _time);
        shipping.Emit(1);
        await Eventually.IsTrue(() => shipping.Balance.InFlight == 1);

        await EndAsync(shipping);

        Assert.Equal((1, Some.Time), (shipping.Balance.Of(LogFate.Delivered), _time.GetUtcNow()));
    }

    [Fact]
    public async Task What_Loki_was_to_be_asked_for_later_it_is_asked_for_at_once()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 1, _time);
        shipping.Loki.Next(StubFault.Later(503, "300"));
        shipping.Emit(1);
        await _time.WaitedForAsync(TimeSpan.FromMinutes(5));

        await EndAsync(shipping);

        Assert.Equal((1, Some.Time), (shipping.Balance.Of(LogFate.Delivered), _time.GetUtcNow()));
    }

    [Fact]
    public async Task Where_Loki_takes_nothing_even_then_it_is_asked_again_after_a_while()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 1, _time, draw: 1);
        shipping.Loki.Next(StubFault.Later(503, "300"), StubFault.Answer(503));
        shipping.Emit(1);
        await _time.WaitedForAsync(TimeSpan.FromMinutes(5));

        var ending = EndAsync(shipping);
        await _time.WaitedForAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("status 503", shipping.Shipper.WhyFailing, StringComparison.Ordinal);
        Assert.False(ending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ending;

        Assert.Equal((1, 3), (shipping.Balance.Of(LogFate.Delivered), shipping.Loki.Pushes.Count));
    }

    /// <summary>Two events of each of three streams, of which one is on its way, and five in the queue.</summary>
    [Fact]
    public async Task What_there_is_no_time_for_is_said_to_the_event_wherever_it_is_and_as_nothing_else()
    {
        await using var shipping = await Shipping.StartAsync(o =>
        {
            o.BatchSize = 10;
            o.Labels["module"] = "{Module}";
        }, _time, start: false);
        shipping.Loki.Fault = _ => StubFault.Hang;
        foreach (var module in new[] { "a", "b", "c", "a", "b", "c" })
            shipping.Emit(module, null, ("Module", module));
        shipping.Shipper.Start();
        await _time.AdvanceOverAsync(TimeSpan.FromMilliseconds(20));
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count == 1);
        shipping.Emit(5);

        var ending = EndAsync(shipping);
        await shipping.AdvanceUntilAsync(() => ending.IsCompleted);
        await ending;

        Assert.Equal((11, 0), (shipping.Balance.Of(LogFate.DroppedShutdown), shipping.Balance.Held));
        var told = Assert.Single(shipping.Logs.Lines);
        Assert.Equal(LostAtTheEnd, told.Id);
        Assert.StartsWith("11 log events ", told.Message, StringComparison.Ordinal);
    }

    private static Task EndAsync(Shipping shipping) => shipping.Shipper.StopAsync(Bound).WaitAsync(Eventually.Bound);
}
