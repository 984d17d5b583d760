using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>The cap and the size of a segment, to the byte.</summary>
public sealed class SpoolEdgesTests : IDisposable
{
    private const int Cap = 64 * 1024;

    /// <summary>A sixteenth of the cap.</summary>
    private const int Segment = 4096;

    private const int Header = SpoolFormat.RecordHeader;

    /// <summary>The body that alone fills a segment.</summary>
    private const int Whole = Segment - SpoolFormat.SegmentHeader - Header;

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void The_spool_fills_to_the_last_byte_before_anything_is_dropped()
    {
        _place.Open(Cap);
        Fill(16);
        Assert.Equal((Cap, 16, 0), (_place.Spool.Bytes, _place.Segments.Length, _place.Balance().Of(LogFate.DroppedSpool)));

        _place.Open(Cap);
        Assert.Equal((Cap, 16), (_place.Spool.Bytes, _place.Balance().Adopted));
        Assert.Equal(0, _place.Balance().Of(LogFate.DroppedSpool));
        Assert.Contains(" 16 events", Assert.Single(_place.Logs.Of(179)).Message, StringComparison.Ordinal);

        Fill(1);
        Assert.Equal((Cap, 1), (_place.Spool.Bytes, _place.Balance().Of(LogFate.DroppedSpool)));
    }

    [Fact]
    public void The_header_of_a_new_segment_counts()
    {
        _place.Open(Cap);
        Fill(15);

        Assert.True(_place.Append(new byte[Whole + 8]));

        Assert.InRange(_place.Spool.Bytes, 1, Cap);
        Assert.Equal(1, _place.Balance().Of(LogFate.DroppedSpool));
    }

    [Fact]
    public void Where_the_last_segment_has_room_no_header_counts()
    {
        _place.Open(Cap);
        Fill(15);
        _place.Append(new byte[1200]);
        Assert.True(_place.Append(new byte[Whole - 1200 - Header]));

        Assert.Equal((Cap, 16, 0), (_place.Spool.Bytes, _place.Segments.Length, _place.Balance().Of(LogFate.DroppedSpool)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void A_segment_takes_what_fits_to_the_byte(int more, int segments)
    {
        _place.Open(Cap);
        _place.Append(new byte[1200]);
        Assert.True(_place.Append(new byte[Whole - 1200 - Header + more]));

        Assert.Equal(segments, _place.Segments.Length);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_payload_may_be_as_large_as_the_spool_and_not_a_byte_larger(int more, bool fits)
    {
        _place.Open(Cap);
        _place.Append("first"u8);

        Assert.Equal(fits, _place.Append(new byte[Cap - SpoolFormat.SegmentHeader - Header + more]));

        Assert.Equal(fits ? 1 : 0, _place.Balance().Of(LogFate.DroppedSpool));
        Assert.Equal(fits ? 176 : 174, Assert.Single(_place.Logs.Lines).Id);
        if (!fits)
            Assert.Contains($"a payload takes {Cap - SpoolFormat.SegmentHeader + 1} bytes", _place.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void To_drop_a_segment_in_which_nothing_waits_is_no_loss_and_not_told()
    {
        _place.Open(Cap);
        Fill(16);
        var held = _place.Take();

        Fill(1);
        Assert.Empty(_place.Logs.Lines);
        Assert.Equal((1, 0), (_place.Balance().InFlight, _place.Balance().Of(LogFate.DroppedSpool)));

        Fill(1);
        Assert.Equal(176, Assert.Single(_place.Logs.Lines).Id);
        _place.Deliver(held);
    }

    [Fact]
    public void The_oldest_event_is_found_across_segments_and_after_each_append()
    {
        _place.Open(Cap);
        _place.Append(new byte[Whole], oldest: 30);
        Assert.Equal(30, _place.Spool.OldestNanoseconds);
        _place.Append(new byte[100], oldest: 20);
        Assert.Equal(20, _place.Spool.OldestNanoseconds);
        _place.Append(new byte[100], oldest: 10);
        Assert.Equal(10, _place.Spool.OldestNanoseconds);
        _place.Append(new byte[100], oldest: 10);
        _place.Append(new byte[100], oldest: 25);

        var payloads = Enumerable.Range(0, 4).Select(_ => _place.Take()).ToArray();
        _place.Deliver(payloads[2]);
        _place.Deliver(payloads[3]);
        Assert.Equal(20, _place.Spool.OldestNanoseconds);
        _place.Deliver(payloads[0]);
        _place.Deliver(payloads[1]);
        Assert.Equal(25, _place.Spool.OldestNanoseconds);
    }

    [Fact]
    public void Many_small_payloads_are_found_again_wherever_a_read_ends()
    {
        const int Payloads = 700;
        _place.Open(16 * 1024 * 1024);
        for (var i = 0; i < Payloads; i++)
            _place.Append(new byte[i % 53], entries: 1 + (i % 3));

        _place.Open(16 * 1024 * 1024);
        Assert.Equal(Enumerable.Range(0, Payloads).Sum(i => 1 + (i % 3)), _place.Balance().Adopted);
        Assert.Equal(Enumerable.Range(0, Payloads).Select(i => i % 53), _place.Drain().Select(body => body.Length));
    }

    [Fact]
    public void Of_a_payload_that_is_given_back_with_some_of_it_settled_only_the_rest_can_be_lost()
    {
        _place.Open(Cap);
        _place.Append(new byte[Whole], entries: 5);
        var taken = _place.Take();
        Fill(16);
        Assert.Equal(0, _place.Balance().Of(LogFate.DroppedSpool));

        _place.Ledger.Settled(LogFate.Delivered, 2);
        _place.Spool.GiveBack(taken, settled: 2);

        Assert.Equal((0, 3, 2), (_place.Balance().InFlight, _place.Balance().Of(LogFate.DroppedSpool), _place.Balance().Of(LogFate.Delivered)));
    }

    [Fact]
    public void Of_a_payload_that_is_given_back_what_was_settled_is_held_a_second_time()
    {
        _place.Open(Cap);
        _place.Append("payload"u8, entries: 5);
        var taken = _place.Take();

        _place.Ledger.Settled(LogFate.Delivered, 2);
        _place.Spool.GiveBack(taken, settled: 2);

        Assert.Equal((0, 5, 2), (_place.Balance().InFlight, _place.Balance().Spooled, _place.Balance().Of(LogFate.Delivered)));
    }

    private void Fill(int segments)
    {
        for (var i = 0; i < segments; i++)
            Assert.True(_place.Append(new byte[Whole]));
    }
}
