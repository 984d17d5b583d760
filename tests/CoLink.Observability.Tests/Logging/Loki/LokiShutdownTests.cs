using System.Diagnostics;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>The end of the process: in real time, since that is what it is about.</summary>
public sealed class LokiShutdownTests
{
    private const int Unreachable = 165;
    private const int LostAtTheEnd = 171;

    [Fact]
    public async Task What_waits_is_delivered_at_once()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchPeriod = TimeSpan.FromMinutes(1));
        var messages = shipping.Emit(2500);

        await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(messages.Select(Some.Line), shipping.Loki.Lines);
        Assert.Equal((2500, 0), (shipping.Balance.Of(LogFate.Delivered), shipping.Balance.Held));
        Assert.Empty(shipping.Logs.Of(LostAtTheEnd));
    }

    [Fact]
    public async Task What_was_never_started_is_delivered_too()
    {
        await using var shipping = await Shipping.StartAsync(start: false);
        shipping.Emit(10);

        await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(10, shipping.Loki.Lines.Count);
    }

    [Fact]
    public async Task A_Loki_that_hangs_does_not_hold_the_process()
    {
        await using var shipping = await Shipping.StartAsync(o => (o.BatchSize, o.Timeout) = (10, TimeSpan.FromMinutes(1)));
        shipping.Loki.Fault = _ => StubFault.Hang;
        shipping.Emit(2000);
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count == 1);

        var started = Stopwatch.GetTimestamp();
        await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(1));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));
        Assert.Equal((2000, 0), (shipping.Balance.Of(LogFate.DroppedShutdown), shipping.Balance.Held));
        Assert.Contains("2000", Assert.Single(shipping.Logs.Of(LostAtTheEnd)).Message, StringComparison.Ordinal);
        Assert.Null(shipping.Shipper.OldestHeld);
    }

    [Fact]
    public async Task During_an_outage_it_is_tried_once_more_at_once_and_again_until_the_bound()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 10, draw: 1);
        shipping.Loki.Next(StubFault.Later(503, "300"), StubFault.Answer(503));
        shipping.Emit(25);
        await Eventually.IsTrue(() => shipping.Logs.Of(Unreachable).Any());

        await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((25, 25), (shipping.Balance.Of(LogFate.Delivered), shipping.Loki.Lines.Count));
    }

    [Fact]
    public async Task What_is_logged_afterwards_is_counted_as_dropped()
    {
        await using var shipping = await Shipping.StartAsync();
        await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(20));

        shipping.Emit(3);

        Assert.Equal((3, 0), (shipping.Balance.Of(LogFate.DroppedShutdown), shipping.Balance.Held));
    }

    [Fact]
    public async Task A_line_that_is_never_written_does_not_hold_the_process()
    {
        using var never = new ManualResetEventSlim();
        await using var shipping = await Shipping.StartAsync(lines: (logEvent, output) =>
        {
            never.Wait(TimeSpan.FromMinutes(2));
            Some.Lines(logEvent, output);
        }, grace: TimeSpan.FromSeconds(1));
        shipping.Emit(1);
        await Eventually.IsTrue(() => shipping.Balance.InFlight == 1);

        var started = Stopwatch.GetTimestamp();
        await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(0.5));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(60));
        Assert.Equal(1, shipping.Balance.Held);
        never.Set();
        await shipping.SettledAsync();
    }

    [Fact]
    public async Task Stopped_twice_it_stops_once_and_disposed_without_time_it_keeps_nothing()
    {
        var shipping = await Shipping.StartAsync(o => o.BatchPeriod = TimeSpan.FromMinutes(1));
        shipping.Emit(10);

        await Task.WhenAll(shipping.Shipper.StopAsync(TimeSpan.FromSeconds(20)), shipping.Shipper.StopAsync(TimeSpan.Zero));
        Assert.Equal(10, shipping.Loki.Lines.Count);
        await shipping.DisposeAsync();

        var other = await Shipping.StartAsync(o => o.BatchPeriod = TimeSpan.FromMinutes(1));
        other.Emit(10);
        await other.DisposeAsync();
        Assert.Equal(0, other.Balance.Held);
    }

    [Fact]
    public async Task Emitted_from_many_threads_while_it_stops_everything_has_one_fate()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var shipping = await Shipping.StartAsync(o => (o.QueueLimit, o.BatchSize) = (200, 20));
            using var stop = new CancellationTokenSource();
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                    shipping.Emit("a line");
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            await Eventually.IsTrue(() => shipping.Balance.Of(LogFate.Delivered) > 0);

            await shipping.Shipper.StopAsync(TimeSpan.FromSeconds(20));
            await Eventually.IsTrue(() => shipping.Balance.Of(LogFate.DroppedShutdown) > 0);
            await stop.CancelAsync();
            Array.ForEach(threads, thread => thread.Join());

            Assert.Equal(shipping.Loki.Lines.Count, shipping.Balance.Of(LogFate.Delivered));
        }
    }
}
