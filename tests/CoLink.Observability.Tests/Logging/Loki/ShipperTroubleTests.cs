using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A process without memory to send what it has: it says so, keeps it and goes on when there is some.</summary>
public sealed class ShipperTroubleTests
{
    private const int Unreachable = 165;

    private static readonly TimeSpan PushTimeout = TimeSpan.FromHours(2);

    private readonly RecordingTime _time = new();

    [Fact]
    public async Task Without_memory_for_a_push_the_batch_waits_for_the_next_try()
    {
        await using var shipping = await StartAsync();
        _time.Refuse(PushTimeout, new InsufficientMemoryException("no memory"));
        shipping.Emit(1);

        await _time.WaitedForAsync(TimeSpan.FromSeconds(0.5));
        AssertFails(shipping, "no memory");
        Assert.Empty(shipping.Loki.Pushes);

        _time.Advance(TimeSpan.FromSeconds(0.5));
        await AssertDeliveredAsync(shipping);
    }

    [Fact]
    public async Task Without_memory_to_wait_for_the_next_try_it_waits_for_the_one_after_that()
    {
        await using var shipping = await StartAsync();
        shipping.Loki.Next(StubFault.Answer(503));
        _time.Refuse(TimeSpan.FromSeconds(0.5), new InsufficientMemoryException("no memory"));
        shipping.Emit(1);

        await _time.WaitedForAsync(TimeSpan.FromSeconds(1));
        AssertFails(shipping, "no memory");
        Assert.Single(shipping.Loki.Pushes);

        _time.Advance(TimeSpan.FromSeconds(1));
        await AssertDeliveredAsync(shipping);
    }

    private Task<Shipping> StartAsync() => Shipping.StartAsync(o => (o.BatchSize, o.Timeout) = (1, PushTimeout), _time, draw: 1);

    private static void AssertFails(Shipping shipping, string reason)
    {
        Assert.Equal($"{shipping.Loki.Address}: {reason}", shipping.Shipper.WhyFailing);
        Assert.Single(shipping.Logs.Of(Unreachable));
    }

    private static async Task AssertDeliveredAsync(Shipping shipping)
    {
        await shipping.SettledAsync();
        Assert.Equal(1, shipping.Balance.Of(LogFate.Delivered));
        Assert.Null(shipping.Shipper.WhyFailing);
    }
}
