using System.Buffers.Binary;
using System.Numerics;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>The bytes of a segment, as docs/spool.md has them. All numbers are little-endian.</summary>
internal static class SpoolFormat
{
    public const uint Version = 1;
    public const int SegmentHeader = 16;
    public const int RecordHeader = 40;

    /// <summary>Where in a record's header its state is: the one byte that changes, which the checksum leaves out.</summary>
    public const int State = 39;

    public const byte Done = 0xFF;

    private const int Checked = 4;
    private const byte AttemptedFlag = 1;

    private static ReadOnlySpan<byte> Magic => "CoLinkSp"u8;

    public static void WriteSegmentHeader(Span<byte> target)
    {
        target[..SegmentHeader].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
    }

    /// <param name="start">The first bytes of a file, <see cref="SegmentHeader"/> of them unless it has fewer.</param>
    public static SegmentKind KindOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < SegmentHeader)
        {
            Span<byte> whole = stackalloc byte[SegmentHeader];
            WriteSegmentHeader(whole);
            return whole.StartsWith(start) ? SegmentKind.Torn : SegmentKind.Foreign;
        }

        if (!start.StartsWith(Magic))
            return SegmentKind.Foreign;
        return BinaryPrimitives.ReadUInt32LittleEndian(start[8..]) == Version ? SegmentKind.Segment : SegmentKind.OtherVersion;
    }

    public static void WriteRecordHeader(Span<byte> target, in SpoolHeader header, ReadOnlySpan<byte> body)
    {
        target = target[..RecordHeader];
        target.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Crc32C.Of(body));
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], body.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], header.Entries);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], header.OldestNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], header.NewestNanoseconds);
        target[32] = header.Attempted ? AttemptedFlag : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Of(target[Checked..State]));
    }

    /// <summary>False where the header's own checksum does not hold, or where it says what nobody writes.</summary>
    public static bool TryReadRecordHeader(ReadOnlySpan<byte> source, out SpoolHeader header, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        header = new SpoolHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            (source[32] & AttemptedFlag) != 0);
        return BinaryPrimitives.ReadUInt32LittleEndian(source) == Crc32C.Of(source[Checked..State]) && length >= 0 && header.Entries >= 0;
    }

    public static bool IsWhole(ReadOnlySpan<byte> recordHeader, ReadOnlySpan<byte> body) =>
        BinaryPrimitives.ReadUInt32LittleEndian(recordHeader[4..]) == Crc32C.Of(body);

    /// <summary>By the majority of its bits, so that one of them flipped changes nothing.</summary>
    public static bool IsDone(ReadOnlySpan<byte> recordHeader) => BitOperations.PopCount(recordHeader[State]) > 4;
}

/// <summary>What a file with the name of a segment turns out to be.</summary>
internal enum SegmentKind
{
    Segment,

    /// <summary>Its creation was interrupted: nothing is in it.</summary>
    Torn,

    OtherVersion,
    Foreign,
}
