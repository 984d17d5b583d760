using System.Runtime.CompilerServices;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>How much of what is logged leaves the queue, and how long the shipper holds it.</summary>
public sealed class ShipperHandsTests
{
    [Fact]
    public async Task While_Loki_takes_nothing_one_batch_is_in_hands_and_what_is_behind_it_waits_in_the_queue()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 10, Fake(), start: false);
        shipping.Loki.Fault = _ => StubFault.Answer(503);
        shipping.Emit(100);

        shipping.Shipper.Start();
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count == 1);

        Assert.Equal((90, 10), (shipping.Balance.Queued, shipping.Balance.InFlight));
        shipping.Loki.Fault = null;
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
    }

    [Fact]
    public async Task Half_a_queue_does_not_wait_there_for_a_batch_that_may_have_more_events_than_the_queue()
    {
        await using var shipping = await Shipping.StartAsync(o => o.QueueLimit = 100, Fake());

        for (var i = 0; i < 10; i++)
        {
            shipping.Emit(49);
            await Eventually.IsTrue(() => shipping.Balance.Queued < 50);
        }

        Assert.Equal(0, shipping.Balance.Of(LogFate.DroppedQueue));
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
    }

    [Fact]
    public async Task What_was_delivered_of_a_batch_is_no_longer_the_oldest_that_is_held()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 2, Fake());
        shipping.Loki.Fault = push => push.Entries.Count == 2 ? StubFault.Answer(413) : push.Entries[0].Line == Some.Line("a") ? null : StubFault.Answer(503);

        shipping.Emit("a", Some.Time.AddSeconds(-10));
        shipping.Emit("b", Some.Time.AddSeconds(-5));
        await Eventually.IsTrue(() => shipping.Balance.Of(LogFate.Delivered) == 1);

        await Eventually.IsTrue(() => shipping.Shipper.OldestHeld == Some.Time.AddSeconds(-5));
        shipping.Loki.Fault = null;
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
    }

    [Fact]
    public async Task What_is_rejected_before_it_comes_into_a_batch_is_not_held()
    {
        await using var shipping = await Shipping.StartAsync(fake: Fake());

        shipping.Emit(new string('x', 300_000));
        await Eventually.IsTrue(() => shipping.Balance.Of(LogFate.Rejected) == 1);

        await Eventually.IsTrue(() => shipping.Shipper.OldestHeld is null);
    }

    [Fact]
    public async Task An_event_that_was_delivered_is_garbage()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 1, Fake());

        var delivered = Emit(shipping);
        await shipping.SettledAsync();

        await Eventually.IsTrue(() =>
        {
            GC.Collect();
            return !delivered.IsAlive;
        });
    }

    /// <summary>Without a push, on one thread, which knows what it has allocated: the events are a month old.</summary>
    [Fact]
    public async Task A_batch_that_has_met_its_fate_gives_its_memory_to_the_next()
    {
        const int Batches = 40;
        const int Each = 5;
        const int Line = 150_000;
        var allocated = new List<(int Thread, long Bytes)>();
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = Each, Fake(), start: false, lines: (logEvent, output) =>
        {
            allocated.Add((Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread()));
            Some.Lines(logEvent, output);
        });
        var message = new string('x', Line);
        for (var i = 0; i < Batches * Each; i++)
            shipping.Emit(message, Some.Time.AddDays(-30));

        shipping.Shipper.Start();
        await shipping.SettledAsync();

        Assert.Equal(Batches * Each, shipping.Balance.Refusals[(int)LogRefusal.TooOld]);
        Assert.Single(allocated.DistinctBy(at => at.Thread));
        Assert.InRange(allocated[^1].Bytes - allocated[Each].Bytes, 0, Batches * Each * Line / 4);
    }

    /// <summary>Where the caller holds nothing of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Emit(Shipping shipping)
    {
        var logEvent = Some.Event("a");
        shipping.Shipper.Sink.Emit(logEvent);
        return new WeakReference(logEvent);
    }

    private static FakeTimeProvider Fake() => new(Some.Time);
}
