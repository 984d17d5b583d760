using System.Buffers.Binary;
using System.Numerics;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>CRC-32C (Castagnoli) as in iSCSI: of the text <c>123456789</c> it is E3069283. Unlike a sum that begins at 0, it is not 0 for zeros, which is what a lost write leaves.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var last in bytes)
            sum = BitOperations.Crc32C(sum, last);
        return ~sum;
    }
}
