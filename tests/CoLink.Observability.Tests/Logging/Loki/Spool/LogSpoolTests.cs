using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class LogSpoolTests : IDisposable
{
    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void What_was_appended_is_taken_in_its_order_as_it_was()
    {
        _place.Open();
        Assert.True(_place.Append("first"u8, entries: 3, oldest: 10));
        Assert.True(_place.Append(""u8, entries: 1, oldest: 20));
        Assert.True(_place.Append("third"u8, entries: 2, oldest: 30));

        var first = _place.Take();
        Assert.Equal("first"u8, first.Body.Span);
        Assert.Equal(new SpoolHeader(3, 10, 11, Attempted: false), first.Header);
        Assert.Equal(""u8, _place.Take().Body.Span);
        Assert.Equal("third"u8, _place.Take().Body.Span);
        Assert.False(_place.Spool.TryTake(out _));
    }

    [Fact]
    public void What_Loki_may_have_already_is_taken_first()
    {
        _place.Open();
        _place.Append("1"u8);
        _place.Append("2"u8, attempted: true);
        _place.Append("3"u8);
        _place.Append("4"u8, attempted: true);

        Assert.Equal(["2"u8.ToArray(), "4"u8.ToArray(), "1"u8.ToArray(), "3"u8.ToArray()], _place.Drain());
    }

    [Fact]
    public void Each_step_of_a_payload_is_a_move_in_the_ledger()
    {
        _place.Open();
        _place.Append("a"u8, entries: 5);
        Assert.Equal((0, 5), (_place.Balance().InFlight, _place.Balance().Spooled));
        var payload = _place.Take();
        Assert.Equal((5, 0), (_place.Balance().InFlight, _place.Balance().Spooled));
        _place.Spool.GiveBack(payload);
        Assert.Equal((0, 5), (_place.Balance().InFlight, _place.Balance().Spooled));
        _place.Deliver(_place.Take());
        Assert.Equal((0, 0, 5), (_place.Balance().InFlight, _place.Balance().Spooled, _place.Balance().Of(LogFate.Delivered)));
    }

    [Fact]
    public void What_was_given_back_is_the_oldest_again()
    {
        _place.Open();
        _place.Append("1"u8);
        _place.Append("2"u8);
        _place.Append("3"u8);
        var (first, second) = (_place.Take(), _place.Take());
        _place.Spool.GiveBack(second);
        _place.Spool.GiveBack(first);

        Assert.Equal(["1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray()], _place.Drain());
    }

    [Fact]
    public void A_payload_is_settled_once()
    {
        _place.Open();
        _place.Append("1"u8, entries: 2);
        var before = _place.Take();
        _place.Spool.GiveBack(before);
        _place.Spool.GiveBack(before);
        var now = _place.Take();
        _place.Spool.Complete(before);

        Assert.Equal((2, 0), (_place.Balance().InFlight, _place.Balance().Spooled));
        Assert.Single(_place.Segments);
        _place.Deliver(now);
        _place.Spool.GiveBack(now);
        Assert.Equal(0, _place.Balance().Held);
    }

    [Fact]
    public void The_next_process_adopts_what_is_not_done_and_nothing_else()
    {
        _place.Open();
        _place.Append("done"u8, entries: 7);
        _place.Append("taken"u8, entries: 3, attempted: true);
        _place.Append("waiting"u8, entries: 2);
        var (taken, done) = (_place.Take(), _place.Take());
        Assert.Equal("taken"u8, taken.Body.Span);
        _place.Deliver(done);

        _place.Open();
        Assert.Equal((5, 5), (_place.Balance().Adopted, _place.Balance().Spooled));
        Assert.Contains("5 events", Assert.Single(_place.Logs.Of(179)).Message, StringComparison.Ordinal);
        var again = _place.Take();
        Assert.True(again.Header.Attempted);
        Assert.Equal("taken"u8, again.Body.Span);
        Assert.Equal(["waiting"u8.ToArray()], _place.Drain());
    }

    [Fact]
    public void What_was_taken_when_the_spool_was_closed_may_still_be_settled()
    {
        var spool = _place.Open();
        _place.Append("1"u8, entries: 2);
        _place.Append("2"u8, entries: 3);
        var (first, second) = (_place.Take(), _place.Take());
        spool.Dispose();
        spool.Dispose();
        _place.Deliver(first);
        spool.GiveBack(second);

        Assert.Equal((0, 3, 2), (_place.Balance().InFlight, _place.Balance().Spooled, _place.Balance().Of(LogFate.Delivered)));
        Assert.False(_place.Append("3"u8));
        Assert.False(spool.TryTake(out _));
        Assert.False(spool.Flush());

        // The directory was no longer ours to write to.
        _place.Open();
        Assert.Equal(5, _place.Balance().Adopted);
    }

    [Fact]
    public void A_payload_that_is_written_ahead_stays_in_hands_and_survives_them()
    {
        _place.Open();
        SpoolPlace.Emit(_place.Ledger, 9);
        Assert.True(_place.Spool.TryHold("sent"u8, new SpoolHeader(4, 1, 2, Attempted: true), out var sent));
        Assert.True(_place.Spool.TryHold("lost"u8, new SpoolHeader(5, 1, 2, Attempted: true), out var lost));
        Assert.Equal((9, 0), (_place.Balance().InFlight, _place.Balance().Spooled));
        Assert.False(_place.Spool.TryTake(out _));
        _place.Deliver(sent);

        _place.Open();
        Assert.Equal(5, _place.Balance().Adopted);
        Assert.Equal(["lost"u8.ToArray()], _place.Drain());
        Assert.True(lost.Body.IsEmpty);
    }

    [Fact]
    public void A_payload_that_was_written_ahead_and_not_delivered_waits_like_others()
    {
        _place.Open();
        SpoolPlace.Emit(_place.Ledger, 4);
        Assert.True(_place.Spool.TryHold("ahead"u8, new SpoolHeader(4, 1, 2, Attempted: true), out var ahead));
        _place.Spool.GiveBack(ahead);

        Assert.Equal((0, 4), (_place.Balance().InFlight, _place.Balance().Spooled));
        Assert.Equal(["ahead"u8.ToArray()], _place.Drain());
        Assert.Equal(0, _place.Balance().Held);
    }

    [Fact]
    public void A_spool_that_is_drained_takes_no_room()
    {
        _place.Open();
        for (var i = 0; i < 20; i++)
            _place.Append(new byte[100_000]);
        Assert.InRange(_place.Segments.Length, 2, 20);
        Assert.Equal(_place.Segments.Sum(file => new FileInfo(file).Length), _place.Spool.Bytes);
        _place.Drain();

        Assert.Empty(_place.Segments);
        Assert.Equal(0, _place.Spool.Bytes);
        Assert.True(_place.Append("again"u8));
        Assert.Equal(["again"u8.ToArray()], _place.Drain());
    }

    [Fact]
    public void The_oldest_event_is_the_one_that_is_not_done_be_it_taken_or_not()
    {
        _place.Open();
        Assert.Null(_place.Spool.OldestNanoseconds);
        _place.Append("1"u8, oldest: 20);
        _place.Append("2"u8, oldest: 10);
        _place.Append("3"u8, oldest: 30);
        Assert.Equal(10, _place.Spool.OldestNanoseconds);
        var (first, second) = (_place.Take(), _place.Take());
        Assert.Equal(10, _place.Spool.OldestNanoseconds);
        _place.Deliver(second);
        Assert.Equal(20, _place.Spool.OldestNanoseconds);
        _place.Deliver(first);
        Assert.Equal(30, _place.Spool.OldestNanoseconds);

        _place.Open();
        Assert.Equal(30, _place.Spool.OldestNanoseconds);
        _place.Drain();
        Assert.Null(_place.Spool.OldestNanoseconds);
    }

    /// <summary>A crash loop beside a Loki that is down would otherwise leave a file a start.</summary>
    [Fact]
    public void The_next_process_writes_on_in_the_last_segment()
    {
        for (byte i = 0; i < 10; i++)
        {
            _place.Open();
            Assert.True(_place.Append([i]));
        }

        Assert.Single(_place.Segments);
        _place.Open();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => new[] { (byte)i }), _place.Drain());
    }

    [Fact]
    public void Opening_reads_headers_and_no_bodies()
    {
        const int Payloads = 400;
        _place.Open(64 * 1024 * 1024);
        for (var i = 0; i < Payloads; i++)
            _place.Append(new byte[75_000]);

        _place.Close();
        var before = GC.GetAllocatedBytesForCurrentThread();
        _place.Open(64 * 1024 * 1024);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
        Assert.Equal(Payloads, _place.Balance().Adopted);

        before = GC.GetAllocatedBytesForCurrentThread();
        _place.Take();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 75_000, 80_000);
    }

    [Fact]
    public void A_flush_says_whether_everything_is_on_disk()
    {
        _place.Open();
        Assert.True(_place.Spool.Flush());
        for (var i = 0; i < 20; i++)
            _place.Append(new byte[100_000]);
        Assert.True(_place.Spool.Flush());
        Assert.Empty(_place.Logs.Lines);

        // What nobody can find again is not kept, though it can be written.
        _place.Append("1"u8);
        File.Delete(_place.Segments[^1]);
        Assert.False(_place.Spool.Flush());
        Assert.Equal(174, Assert.Single(_place.Logs.Lines).Id);
        Assert.True(_place.Append("2"u8));
        Assert.True(_place.Spool.Flush());
        Assert.Equal("2"u8, _place.Drain()[^1]);
        Assert.Equal(0, _place.Balance().Held);
    }
}
