using System.Buffers.Binary;
using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>What docs/spool.md says of the bytes, read here as a stranger would.</summary>
public sealed class SpoolFormatTests : IDisposable
{
    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void A_segment_is_what_the_documentation_says()
    {
        _place.Open();
        SpoolPlace.Emit(_place.Ledger, 3);
        _place.Spool.TryAppend("123456789"u8, new SpoolHeader(3, 0x0102030405060708, 0x1112131415161718, Attempted: true));
        _place.Append("x"u8);
        _place.Deliver(_place.Take());
        _place.Close();

        var path = Assert.Single(_place.Segments);
        Assert.Equal("0000000001.segment", Path.GetFileName(path));
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        Assert.Equal(16 + 40 + 9 + 40 + 1, bytes.Length);
        Assert.Equal("436F4C696E6B5370" + "01000000" + "00000000", Convert.ToHexString(bytes[..16]));

        var record = bytes[16..];
        Assert.Equal(0xE3069283, BinaryPrimitives.ReadUInt32LittleEndian(record[4..]));
        Assert.Equal("09000000" + "03000000" + "0807060504030201" + "1817161514131211" + "01" + "000000000000" + "FF", Convert.ToHexString(record[8..40]));
        Assert.Equal(Slowly(record[4..39]), BinaryPrimitives.ReadUInt32LittleEndian(record));
        Assert.Equal("123456789"u8, record[40..49]);
        Assert.Equal(0, record[49 + 39]);
    }

    [Fact]
    public void A_file_of_another_version_is_left_alone_and_said_so()
    {
        Directory.CreateDirectory(_place.Directory);
        var path = Path.Combine(_place.Directory, "0000000007.segment");
        byte[] bytes = [.. "CoLinkSp"u8, 2, 0, 0, 0, 0, 0, 0, 0, .. "whatever the future holds"u8];
        File.WriteAllBytes(path, bytes);
        _place.Open();

        Assert.Contains("0000000007.segment (written by another version", Assert.Single(_place.Logs.Of(178)).Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_place.Balance().Adopted, _place.Spool.Bytes));
        _place.Append("after it"u8);
        Assert.Equal("0000000008.segment", Path.GetFileName(_place.Segments[^1]));
        _place.Drain();
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void What_is_not_said_is_zero_whatever_was_there()
    {
        var bytes = Enumerable.Repeat((byte)0xAA, SpoolFormat.SegmentHeader + SpoolFormat.RecordHeader).ToArray();

        SpoolFormat.WriteSegmentHeader(bytes);
        SpoolFormat.WriteRecordHeader(bytes.AsSpan(SpoolFormat.SegmentHeader), new SpoolHeader(0, 1, 2, Attempted: false), ""u8);

        Assert.Equal("00000000", Convert.ToHexString(bytes[12..16]));
        Assert.Equal("00" + "000000000000" + "00", Convert.ToHexString(bytes[48..56]));
        Assert.True(SpoolFormat.TryReadRecordHeader(bytes.AsSpan(SpoolFormat.SegmentHeader), out var header, out var length));
        Assert.Equal((new SpoolHeader(0, 1, 2, Attempted: false), 0), (header, length));
    }

    [Theory]
    [InlineData("", SegmentKind.Torn)]
    [InlineData("CoLi", SegmentKind.Torn)]
    [InlineData("CoLinkSp\u0001\0\0", SegmentKind.Torn)]
    [InlineData("text", SegmentKind.Foreign)]
    [InlineData("CoLinkSp\u0002\0\0", SegmentKind.Foreign)]
    [InlineData("CoLinkSp\u0001\0\0\0\0\0\0\0", SegmentKind.Segment)]
    [InlineData("CoLinkSp\u0002\0\0\0\0\0\0\0", SegmentKind.OtherVersion)]
    internal void What_a_file_is_is_told_by_its_first_bytes_as_far_as_they_go(string start, SegmentKind kind) =>
        Assert.Equal(kind, SpoolFormat.KindOf(System.Text.Encoding.ASCII.GetBytes(start)));

    [Theory]
    [InlineData(0x00, false)]
    [InlineData(0x0F, false)]
    [InlineData(0x1F, true)]
    [InlineData(0xFF, true)]
    public void Done_is_what_most_bits_say(byte state, bool isDone)
    {
        var header = new byte[SpoolFormat.RecordHeader];
        header[SpoolFormat.State] = state;

        Assert.Equal(isDone, SpoolFormat.IsDone(header));
    }

    /// <summary>Castagnoli's polynomial, reflected, a bit at a time.</summary>
    private static uint Slowly(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum & 1) == 1 ? (sum >> 1) ^ 0x82F63B78 : sum >> 1;
        }

        return ~sum;
    }
}
