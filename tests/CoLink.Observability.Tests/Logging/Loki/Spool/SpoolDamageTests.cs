using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class SpoolDamageTests : IDisposable
{
    private const int Header = SpoolFormat.RecordHeader;

    /// <summary>The lengths of three bodies; the entries of each are told by its place: 1, 2, 4, so that a sum tells which are in it.</summary>
    private static readonly int[] Bodies = [25, 0, 40];

    /// <summary>A cap whose segments take three payloads of 1,200 bytes each.</summary>
    private const long Small = 64 * 1024;

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void A_segment_that_ends_anywhere_gives_what_is_whole()
    {
        var (path, bytes) = WrittenSegment();
        int[] ends = [.. Bodies.Select((_, i) => Start(i) + Header + Bodies[i])];
        Assert.Equal(bytes.Length, ends[^1]);
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            var whole = ends.Count(end => end <= length);
            _place.Open();
            Assert.Equal((1 << whole) - 1, _place.Balance().Adopted);
            Assert.Equal(whole > 0 ? [179] : [], _place.Logs.Lines.Select(line => line.Id));

            // What follows is written where the torn one began, and the next process finds both.
            Assert.True(_place.Append("next"u8));
            Assert.Equal(_place.Segments.Sum(file => new FileInfo(file).Length), _place.Spool.Bytes);
            _place.Open();
            Assert.Equal([.. Bodies.Take(whole).Select(Body), "next"u8.ToArray()], _place.Drain());
            Assert.Equal(0, _place.Balance().Held);
            Assert.Empty(_place.Segments);
        }
    }

    [Fact]
    public void A_bit_that_flips_anywhere_costs_what_stands_there_and_is_told()
    {
        var (path, bytes) = WrittenSegment();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            _place.Open();
            var (adopted, dropped, bodies, said) = After(bit / 8);
            Assert.Equal(adopted, _place.Balance().Adopted);
            Assert.Equal(bodies.Select(i => Body(Bodies[i], i)), _place.Drain());
            Assert.Equal((0, dropped), (_place.Balance().Held, _place.Balance().Of(LogFate.DroppedSpool)));
            Assert.Equal(said, _place.Logs.Lines.Select(line => line.Id).Where(id => id != 179));
            Assert.Equal(said.Contains(178), File.Exists(path));
            File.Delete(path);
        }
    }

    [Fact]
    public void A_bit_that_flips_in_the_state_of_a_payload_that_is_done_does_not_bring_it_back()
    {
        _place.Open();
        _place.Append("done"u8);
        _place.Append("waits"u8);
        _place.Deliver(_place.Take());
        var path = Assert.Single(_place.Segments);
        for (var bit = 0; bit < 8; bit++)
        {
            Overwrite(path, SpoolFormat.SegmentHeader + SpoolFormat.State, (byte)(SpoolFormat.Done ^ (1 << bit)));
            _place.Open();
            Assert.Equal(1, _place.Balance().Adopted);
            Assert.Equal("waits"u8, _place.Take().Body.Span);
        }
    }

    /// <summary>A power cut may leave the new length of a file with none of its content.</summary>
    [Fact]
    public void Zeros_at_the_end_are_a_tail_that_was_never_written()
    {
        var (path, bytes) = WrittenSegment();
        File.WriteAllBytes(path, [.. bytes, .. new byte[10_000]]);
        _place.Open();

        Assert.Equal([179], _place.Logs.Lines.Select(line => line.Id));
        Assert.Equal(bytes.Length, _place.Spool.Bytes);
        Assert.Equal(3, _place.Drain().Count);
    }

    [Fact]
    public void Zeros_in_front_of_something_are_damage()
    {
        var (path, bytes) = WrittenSegment();
        File.WriteAllBytes(path, [.. bytes, .. new byte[10_000], 1]);
        _place.Open();

        Assert.Equal([177, 179], _place.Logs.Lines.Select(line => line.Id).Order());
        Assert.Equal(3, _place.Drain().Count);
    }

    [Fact]
    public void Behind_a_damaged_header_it_goes_on_with_the_next_segment()
    {
        ThreeSegments();
        Assert.Equal(3, _place.Segments.Length);
        _place.Close();
        foreach (var segment in _place.Segments[..2])
            Overwrite(segment, SpoolFormat.SegmentHeader + Header + 1200 + 10, 0xAA);

        _place.Open(Small);
        Assert.Equal(5, _place.Balance().Adopted);
        Assert.Contains($"({4 * (Header + 1200)} bytes behind a damaged header, in 2 segments", Assert.Single(_place.Logs.Of(177)).Message, StringComparison.Ordinal);

        // Nor is anything written behind it.
        Assert.True(_place.Append([9]));
        Assert.Equal([0, 3, 6, 7, 8, 9], _place.Drain().Select(body => (int)body[0]));
        Assert.Empty(_place.Segments);
    }

    [Fact]
    public void Nothing_is_written_behind_a_damaged_header_in_the_last_segment()
    {
        var (path, bytes) = WrittenSegment();
        bytes[Start(2)] ^= 1;
        File.WriteAllBytes(path, bytes);
        _place.Open();
        Assert.True(_place.Append("next"u8));
        Assert.Equal(2, _place.Segments.Length);

        _place.Open();
        Assert.Equal([Body(25, 0), Body(0, 1), "next"u8.ToArray()], _place.Drain());
    }

    [Fact]
    public void A_payload_that_is_damaged_while_the_process_lives_is_counted_whatever_is_left_of_it()
    {
        _place.Open();
        for (var i = 0; i < Bodies.Length; i++)
            _place.Append(Body(Bodies[i], i), entries: 1 << i);
        Overwrite(_place.Segments[0], Start(0), 0xAA);
        Overwrite(_place.Segments[0], Start(2) + Header, 0xAA);

        Assert.Equal([Body(0, 1)], _place.Drain());
        Assert.Equal((0, 5, 2), (_place.Balance().Held, _place.Balance().Of(LogFate.DroppedSpool), _place.Balance().Of(LogFate.Delivered)));
        Assert.Contains("a payload in ", Assert.Single(_place.Logs.Lines).Message, StringComparison.Ordinal);
        Assert.Contains("0000000001.segment", _place.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_payload_is_counted_by_one_process_alone()
    {
        var (path, _) = WrittenSegment();
        Overwrite(path, Start(0) + Header, 0xAA);
        _place.Open();
        _place.Spool.GiveBack(_place.Take());
        Assert.Equal(1, _place.Balance().Of(LogFate.DroppedSpool));

        _place.Open();
        Assert.Equal(6, _place.Balance().Adopted);
        Assert.Equal(2, _place.Drain().Count);
        Assert.Equal(0, _place.Balance().Of(LogFate.DroppedSpool));
    }

    [Fact]
    public void Segments_that_somebody_deletes_are_counted_as_dropped()
    {
        ThreeSegments();
        var taken = _place.Take();
        File.Delete(_place.Segments[0]);

        Assert.Equal([3, 4, 5, 6, 7, 8], _place.Drain().Select(body => (int)body[0]));
        _place.Spool.GiveBack(taken);
        Assert.Equal((0, 3), (_place.Balance().Held, _place.Balance().Of(LogFate.DroppedSpool)));
        Assert.Contains("0000000001.segment was deleted", Assert.Single(_place.Logs.Of(177)).Message, StringComparison.Ordinal);
        Assert.Equal(0, _place.Spool.Bytes);
    }

    [Fact]
    public void A_segment_that_cannot_be_read_waits_and_keeps_nothing_behind_it_waiting()
    {
        ThreeSegments();
        var first = _place.Segments[0];
        File.Move(first, first + ".aside");
        Directory.CreateDirectory(first);

        Assert.Equal([3, 4, 5, 6, 7, 8], _place.Drain().Select(body => (int)body[0]));
        Assert.Equal((3, 0), (_place.Balance().Spooled, _place.Balance().Of(LogFate.DroppedSpool)));
        Assert.Equal(174, Assert.Single(_place.Logs.Lines).Id);

        Directory.Delete(first);
        File.Move(first + ".aside", first);
        Assert.Equal([0, 1, 2], _place.Drain().Select(body => (int)body[0]));
    }

    [Fact]
    public void That_a_payload_cannot_be_marked_as_done_is_told_at_once()
    {
        ThreeSegments();
        var taken = _place.Take();
        File.Delete(_place.Segments[0]);

        _place.Deliver(taken);

        Assert.Equal(174, Assert.Single(_place.Logs.Lines).Id);
        Assert.Equal(1, _place.Balance().Of(LogFate.Delivered));
    }

    [Fact]
    public void A_directory_that_somebody_deletes_stops_the_spool_and_nothing_else()
    {
        _place.Open();
        _place.Append(new byte[400_000], entries: 2);
        Directory.Delete(_place.Directory, recursive: true);
        var payload = _place.Take();

        Assert.False(_place.Append(new byte[400_000], entries: 3));
        _place.Spool.GiveBack(payload);
        _place.Drain();
        Assert.False(_place.Spool.Flush());
        Assert.Equal((3, 0), (_place.Balance().InFlight, _place.Balance().Spooled));
        Assert.Contains(_place.Logs.Lines, line => line.Id == 174);
        _place.Close();
        Directory.CreateDirectory(_place.Directory);
    }

    /// <summary>What is adopted, dropped, delivered and said when the byte has a bit flipped.</summary>
    private static (int Adopted, int Dropped, int[] Delivered, int[] Said) After(int at)
    {
        // Eight bytes say that it is a segment, four of which version; the other four say nothing yet.
        if (at < 12)
            return (0, 0, [], [178]);
        if (at < SpoolFormat.SegmentHeader)
            return (7, 0, [0, 1, 2], []);
        var record = Enumerable.Range(0, 3).Last(i => Start(i) <= at);
        var offset = at - Start(record);
        if (offset == SpoolFormat.State)
            return (7, 0, [0, 1, 2], []);
        if (offset < Header)
            return ((1 << record) - 1, 0, [.. Enumerable.Range(0, record)], [177]);
        return (7, 1 << record, [.. Enumerable.Range(0, 3).Where(i => i != record)], [177]);
    }

    private static int Start(int record) => SpoolFormat.SegmentHeader + Bodies.Take(record).Sum(length => Header + length);

    private static byte[] Body(int length, int number) => [.. Enumerable.Repeat((byte)('a' + number), length)];

    private static void Overwrite(string path, long at, byte value)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, [value], at);
    }

    /// <summary>Nine payloads, each with its number as its first byte.</summary>
    private void ThreeSegments()
    {
        _place.Open(Small);
        for (byte i = 0; i < 9; i++)
            _place.Append([i, .. new byte[1199]]);
    }

    /// <summary>What a process left that ended without a word, with three payloads.</summary>
    private (string Path, byte[] Bytes) WrittenSegment()
    {
        _place.Open();
        for (var i = 0; i < Bodies.Length; i++)
            Assert.True(_place.Append(Body(Bodies[i], i), entries: 1 << i));
        var path = Assert.Single(_place.Segments);
        _place.Close();
        return (path, File.ReadAllBytes(path));
    }
}
