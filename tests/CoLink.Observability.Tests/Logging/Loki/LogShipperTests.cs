using System.Diagnostics;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>From an event to a line in Loki, while Loki is there.</summary>
public sealed class LogShipperTests
{
    [Fact]
    public async Task An_event_is_a_line_in_the_services_stream()
    {
        await using var shipping = await Shipping.StartAsync();
        var (trace, span) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        shipping.Shipper.Sink.Emit(Some.Traced("hello", trace, span, DateTimeOffset.Now));
        await shipping.SettledAsync();

        var (name, entries) = Assert.Single(shipping.Loki.Streams);
        Assert.Equal("""{app="messaging-service", namespace="colink", pod="messaging-0"}""", name);
        Assert.Equal((Some.Line("hello"), trace.ToHexString(), span.ToHexString()), (entries[0].Line, entries[0].Metadata["trace_id"], entries[0].Metadata["span_id"]));
    }

    [Fact]
    public async Task Events_wait_for_company_as_long_as_the_period_and_no_longer()
    {
        var time = new RecordingTime();
        await using var shipping = await Shipping.StartAsync(o => o.BatchPeriod = TimeSpan.FromSeconds(1), time);
        shipping.Emit(1);
        await time.WaitedForAsync(TimeSpan.FromSeconds(1));
        shipping.Emit(1);

        shipping.Fake!.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(shipping.Loki.Pushes);
        shipping.Fake.Advance(TimeSpan.FromMilliseconds(1));
        await shipping.SettledAsync();

        Assert.Equal([2], shipping.Loki.Pushes.Select(push => push.Entries.Count));
    }

    [Fact]
    public async Task A_full_batch_does_not_wait()
    {
        await using var shipping = await Shipping.StartAsync(o => (o.BatchPeriod, o.BatchSize) = (TimeSpan.FromMinutes(1), 10), Fake());

        var messages = shipping.Emit(25);
        await Eventually.IsTrue(() => shipping.Balance.Of(LogFate.Delivered) == 20);

        Assert.Equal([10, 10], shipping.Loki.Pushes.Select(push => push.Entries.Count));
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0, TimeSpan.FromMinutes(1));
        Assert.Equal(messages.Select(Some.Line), shipping.Loki.Lines);
    }

    [Fact]
    public async Task Lines_are_in_the_order_of_the_events_and_equal_ones_are_all_there()
    {
        await using var shipping = await Shipping.StartAsync(fake: Fake());

        for (var i = 0; i < 50; i++)
            shipping.Emit("the same at the same time");
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);

        var times = Assert.Single(shipping.Loki.Streams).Value.Select(entry => entry.Nanoseconds).ToArray();
        Assert.Equal(50, times.Length);
        Assert.Equal(times.Order(), times);
        Assert.Equal(0, shipping.Loki.Duplicates);
    }

    [Fact]
    public async Task A_push_carries_one_stream()
    {
        await using var shipping = await Shipping.StartAsync(o => o.Labels["module"] = "{Module}");

        for (var i = 0; i < 60; i++)
            shipping.Emit($"{i}", null, ("Module", $"m{i % 3}"));
        await shipping.SettledAsync();

        Assert.All(shipping.Loki.Pushes, push => Assert.Single(push.Streams));
        Assert.Equal([20, 20, 20], shipping.Loki.Streams.Values.Select(entries => entries.Count));
    }

    [Fact]
    public async Task Sixteen_threads_lose_nothing()
    {
        const int Each = 2_000;
        await using var shipping = await Shipping.StartAsync();

        var threads = Enumerable.Range(0, 16).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
                shipping.Emit($"{thread} {i}");
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        await shipping.SettledAsync();

        Assert.Equal(16 * Each, shipping.Balance.Of(LogFate.Delivered));
        Assert.Equal(16 * Each, shipping.Loki.Lines.Distinct().Count());

        // Each thread's own are in its order.
        Assert.All(Enumerable.Range(0, 16), thread => Assert.Equal(
            Enumerable.Range(0, Each).Select(i => Some.Line($"{thread} {i}")), shipping.Loki.Lines.Where(line => line.StartsWith(Some.Line($"{thread} ")[..^2], StringComparison.Ordinal))));
    }

    [Fact]
    public async Task The_oldest_that_is_held_is_known_wherever_it_is()
    {
        await using var shipping = await Shipping.StartAsync(o => (o.BatchPeriod, o.BatchSize) = (TimeSpan.FromMinutes(1), 2), Fake(), start: false);
        Assert.Null(shipping.Shipper.OldestHeld);
        shipping.Emit("a", Some.Time.AddSeconds(-3));
        Assert.Equal(Some.Time.AddSeconds(-3), shipping.Shipper.OldestHeld);

        shipping.Loki.Next(StubFault.Answer(503));
        shipping.Shipper.Start();
        await Eventually.IsTrue(() => shipping.Balance is { Queued: 0, InFlight: 1 });
        Assert.Equal(Some.Time.AddSeconds(-3), shipping.Shipper.OldestHeld);
        shipping.Emit("b", Some.Time.AddSeconds(-1));
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count == 1);
        Assert.Equal(Some.Time.AddSeconds(-3), shipping.Shipper.OldestHeld);
        shipping.Emit("c", Some.Time.AddSeconds(-5));
        Assert.Equal(Some.Time.AddSeconds(-5), shipping.Shipper.OldestHeld);

        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
        await Eventually.IsTrue(() => shipping.Shipper.OldestHeld is null);
    }

    [Fact]
    public async Task An_event_is_held_at_every_moment_of_its_way_from_the_queue_into_a_batch()
    {
        await using var shipping = await Shipping.StartAsync(o => (o.BatchPeriod, o.BatchSize) = (TimeSpan.FromHours(1), 2));
        for (var round = 0; round < 50; round++)
        {
            shipping.Emit("a");
            shipping.Shipper.Sink.Wake();
            while (shipping.Balance.InFlight == 0)
                Assert.NotNull(shipping.Shipper.OldestHeld);
            for (var look = 0; look < 100; look++)
                Assert.NotNull(shipping.Shipper.OldestHeld);
            shipping.Emit("b");
            await shipping.SettledAsync();
        }
    }

    [Fact]
    public async Task The_last_success_is_when_a_push_was_taken()
    {
        await using var shipping = await Shipping.StartAsync(fake: Fake());
        Assert.Null(shipping.Shipper.LastSuccess);
        shipping.Emit(1);
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);

        Assert.InRange(shipping.Shipper.LastSuccess!.Value, Some.Time, shipping.Fake!.GetUtcNow());
    }

    [Fact]
    public async Task Every_push_is_reported_with_its_result()
    {
        await using var shipping = await Shipping.StartAsync(start: false);
        var results = new System.Collections.Concurrent.ConcurrentQueue<string>();
        shipping.Shipper.OnPush((result, _, _) => results.Enqueue(result));
        shipping.Loki.Next(StubFault.Answer(503), StubFault.CutBefore, StubFault.Answer(429));
        shipping.Emit(1);
        shipping.Shipper.Start();
        await shipping.SettledAsync();

        Assert.Equal(["5xx", "network", "4xx", "2xx"], results);
    }

    /// <summary>A request that logs first must not be the parent of all pushes, nor lend them its culture.</summary>
    [Fact]
    public async Task The_loop_belongs_to_nobody()
    {
        var local = new AsyncLocal<string?> { Value = "a request" };
        string? seen = "nothing";
        await using var shipping = await Shipping.StartAsync(lines: (logEvent, output) =>
        {
            seen = local.Value;
            Some.Lines(logEvent, output);
        });

        shipping.Emit(1);
        await shipping.SettledAsync();

        Assert.Null(seen);
    }

    [Fact]
    public async Task Whoever_starts_it_may_have_no_context_to_give()
    {
        await using var shipping = await Shipping.StartAsync(start: false);
        using (ExecutionContext.SuppressFlow())
        {
            shipping.Shipper.Start();
            Assert.True(ExecutionContext.IsFlowSuppressed());
        }

        shipping.Emit(1);
        await shipping.SettledAsync();

        Assert.Single(shipping.Loki.Lines);
    }

    private static FakeTimeProvider Fake() => new(Some.Time);
}
