using System.Buffers;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class OpenBatchesTests
{
    private readonly LogLedger _ledger = new();

    [Fact]
    public void A_batch_is_closed_when_it_has_so_many_events()
    {
        using var batches = Batches(size: 3);

        Add(batches, [.. Enumerable.Range(0, 8).Select(i => Some.Event($"{i}"))]);

        Assert.Equal([3, 3], Closed(batches).Select(batch => batch.Count));
        Assert.True(batches.HasOpen);
        batches.CloseAll();
        Assert.Equal([2], Closed(batches).Select(batch => batch.Count));
        Assert.False(batches.HasOpen || batches.HasClosed);
        Assert.Null(batches.Take());
    }

    [Fact]
    public void A_batch_is_closed_before_it_has_more_bytes_than_it_may()
    {
        using var batches = Batches(bytes: 512 * 1024);

        Add(batches, [.. Enumerable.Range(0, 6).Select(_ => Some.Event(new string('x', 200_000)))]);
        batches.CloseAll();

        Assert.Equal([2, 2, 2], Closed(batches).Select(batch => batch.Count));
    }

    [Fact]
    public void A_batch_spans_less_than_half_an_hour()
    {
        using var batches = Batches();

        Add(batches, new[] { 0, 29, 30, 59, 5 }.Select(minutes => Some.Event($"{minutes}", Some.Time.AddMinutes(minutes))));
        batches.CloseAll();

        var closed = Closed(batches);
        Assert.Equal([2, 2, 1], closed.Select(batch => batch.Count));
        Assert.All(closed, batch => Assert.InRange(batch.Newest - batch.Oldest, 0, OpenBatches.LongestSpan - 1));
    }

    [Fact]
    public void Each_stream_has_its_own()
    {
        using var batches = Batches(size: 2, set: o => o.Labels["module"] = "{Module}");

        Add(batches, new[] { "a", "b", "a", "c", "b" }.Select(module => Some.Event(module, null, ("Module", module))));
        batches.CloseAll();

        Assert.Equal([("a", 2), ("b", 2), ("c", 1)], Closed(batches).Select(batch => (Encoding.UTF8.GetString(batch.Labels.Span)[^3..^2], batch.Count)));
    }

    [Fact]
    public void However_many_streams_there_are_few_bytes_wait()
    {
        using var batches = Batches(set: o => o.Labels["module"] = "{Module}");
        var closed = new List<PushBatch>();

        for (var i = 0; i < 1_000; i++)
        {
            Add(batches, [Some.Event(new string('x', 200_000), null, ("Module", $"{i % 100}"))]);
            closed.AddRange(Closed(batches));
            Assert.InRange(_ledger.Read().InFlight - closed.Sum(batch => batch.Count), 0, 21);
        }

        Assert.InRange(closed.Count, 100, 1000);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void A_batch_has_as_many_bytes_as_it_may_and_not_one_more(int more, int batchCount)
    {
        const int Line = 1000;
        using var batches = Batches(bytes: 2 * PushBatch.BytesOf(Line, hasIds: false));

        Add(batches, new[] { Line, Line + more }.Select(length => Some.Event(new string('x', length - Some.Line("").Length))));
        batches.CloseAll();

        Assert.Equal(batchCount, Closed(batches).Count);
    }

    [Fact]
    public void Ids_count_as_bytes_where_there_are_any()
    {
        using var batches = Batches(bytes: 2 * PushBatch.BytesOf(1000, hasIds: false));
        var (trace, span) = (System.Diagnostics.ActivityTraceId.CreateRandom(), System.Diagnostics.ActivitySpanId.CreateRandom());

        Add(batches, Enumerable.Range(0, 2).Select(_ => Some.Traced(new string('x', 1000 - Some.Line("").Length), trace, span)));
        batches.CloseAll();

        var closed = Closed(batches);
        Assert.Equal([1, 1], closed.Select(batch => batch.Count));
        Assert.Equal(PushBatch.BytesOf(1000, hasIds: true), closed[0].Bytes);
    }

    [Fact]
    public void What_was_closed_makes_room_for_what_waits()
    {
        using var batches = Batches(bytes: 64 * 1024);

        // Ten times what may wait in all streams together, a full batch at a time.
        Add(batches, Enumerable.Range(0, 1_000).Select(_ => Some.Event(new string('x', 40_000))));

        Assert.True(batches.HasOpen);
        Assert.Equal(999, Closed(batches).Count);
    }

    [Fact]
    public void What_is_disposed_of_gives_its_memory_back()
    {
        var memory = new Memory { Most = 100 };
        var batches = Batches(size: 2, memory: memory);
        Add(batches, [Some.Event("a"), Some.Event("b"), Some.Event("c")]);

        batches.Dispose();

        Assert.False(batches.HasOpen || batches.HasClosed);
        Assert.Equal(100 - memory.Most, memory.Returned);
    }

    [Fact]
    public void A_line_that_is_longer_than_Loki_takes_is_rejected()
    {
        using var batches = Batches();

        Add(batches, new[] { 262_144, 262_145 }.Select(length => Some.Event(new string('x', length - Some.Line("").Length))));
        batches.CloseAll();

        Assert.Equal(1, Assert.Single(Closed(batches)).Count);
        Assert.Equal((1, 1), (_ledger.Read().Refusals[(int)LogRefusal.TooLong], _ledger.Read().InFlight));
    }

    [Fact]
    public void An_event_that_cannot_be_written_is_told_of()
    {
        using var batches = Batches(lines: (_, output) =>
        {
            output.GetSpan(10);
            output.Advance(5);
            throw new InvalidOperationException("secret");
        });

        Add(batches, [Some.Event("a")]);
        batches.CloseAll();

        var batch = Assert.Single(Closed(batches));
        var value = Encoding.UTF8.GetString(batch.Values(0, 1));
        Assert.Equal(
            """{"message":"A log event could not be written.","error":{"type":"System.InvalidOperationException"}}""",
            JsonDocument.Parse(value).RootElement[1].GetString());
    }

    [Fact]
    public void A_batch_whose_first_event_finds_no_memory_is_none()
    {
        var memory = new Memory { Most = 0 };
        using var batches = Batches(memory: memory);

        Add(batches, [Some.Event("a")]);
        batches.CloseAll();
        Assert.Null(batches.Take());
        Assert.False(batches.HasOpen);
        memory.Most = 1;
        Add(batches, [Some.Event("b")]);
        batches.CloseAll();

        Assert.Equal(1, Assert.Single(Closed(batches)).Count);
        Assert.Equal((1, 1), (_ledger.Read().Fates[(int)LogFate.DroppedQueue], _ledger.Read().InFlight));
    }

    [Fact]
    public void A_batch_keeps_what_it_has_when_there_is_no_memory_for_more()
    {
        var memory = new Memory { Most = 1 };
        using var batches = Batches(memory: memory);

        Add(batches, [Some.Event("a"), Some.Event(new string('x', 100_000)), Some.Event("b")]);
        batches.CloseAll();

        var batch = Assert.Single(Closed(batches));
        Assert.Equal(2, batch.Count);
        Assert.DoesNotContain("xx", Encoding.UTF8.GetString(batch.Values(0, 2)), StringComparison.Ordinal);
        Assert.Equal((1, 2), (_ledger.Read().Fates[(int)LogFate.DroppedQueue], _ledger.Read().InFlight));
    }

    [Fact]
    public void The_oldest_is_that_of_any_batch()
    {
        using var batches = Batches(size: 2);
        Assert.Equal(long.MaxValue, batches.Oldest);

        Add(batches, [Some.Event("a", Some.Time.AddSeconds(-1)), Some.Event("b"), Some.Event("c")]);

        Assert.Equal(LokiTime.Of(Some.Time.AddSeconds(-1)), batches.Oldest);
        Closed(batches);
        Assert.Equal(LokiTime.Of(Some.Time) + 1, batches.Oldest);
    }

    [Fact]
    public void How_many_the_fullest_lacks_is_known()
    {
        using var batches = Batches(size: 5, set: o => o.Labels["module"] = "{Module}");
        Assert.Equal(1, batches.Room);

        Add(batches, new[] { "a", "b", "a" }.Select(module => Some.Event(module, null, ("Module", module))));

        Assert.Equal(3, batches.Room);
    }

    private OpenBatches Batches(int size = 1000, int bytes = 1024 * 1024, LineWriter? lines = null, Action<LokiOptions>? set = null, ArrayPool<byte>? memory = null) =>
        new(Some.Labels(Some.Options(set)), lines ?? Some.Lines, size, bytes, _ledger, new LokiHealth("http://loki", new FakeTimeProvider(Some.Time), new Some.Draw(0), NullLogger.Instance)) { Buffers = memory ?? ArrayPool<byte>.Shared };

    private void Add(OpenBatches batches, IEnumerable<LogEvent> events)
    {
        foreach (var logEvent in events)
        {
            _ledger.Emitted();
            _ledger.Took(1);
            batches.Add(logEvent);
        }
    }

    private static List<PushBatch> Closed(OpenBatches batches)
    {
        var closed = new List<PushBatch>();
        while (batches.Take() is { } batch)
            closed.Add(batch);
        return closed;
    }

    /// <summary>Lends so many buffers, and then has no more.</summary>
    private sealed class Memory : ArrayPool<byte>
    {
        public int Most { get; set; }

        public override byte[] Rent(int minimumLength) => Most-- > 0 ? new byte[minimumLength] : throw new InsufficientMemoryException();

        public int Returned { get; private set; }

        public override void Return(byte[] array, bool clearArray = false) => Returned++;
    }
}
