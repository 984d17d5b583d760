using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoLink.Observability.Logging.Loki;

/// <summary>A text of UTF-8 as it stands between the quotes of a JSON string.</summary>
internal static class JsonText
{
    /// <summary>A control character takes six bytes.</summary>
    private const int Longest = 6;

    /// <summary>How much room <see cref="Escape"/> needs at most. A whole block is stored at a time, also where only its beginning counts.</summary>
    public static int Room(int length) => (length * Longest) + Vector128<byte>.Count;

    /// <summary>A line is JSON itself, and every tenth byte of it is a quote: what is between two of them is too short to be searched and then copied.</summary>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var written = 0;
        while (text.Length >= Vector128<byte>.Count)
        {
            var block = Vector128.Create(text);
            block.CopyTo(output[written..]);
            var special = Vector128.Equals(block, Vector128.Create((byte)'"')) | Vector128.Equals(block, Vector128.Create((byte)'\\')) | Vector128.LessThan(block, Vector128.Create((byte)' '));
            if (special == Vector128<byte>.Zero)
            {
                text = text[Vector128<byte>.Count..];
                written += Vector128<byte>.Count;
                continue;
            }

            var plain = BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits());
            written += plain;
            written += EscapeOne(text[plain], output[written..]);
            text = text[(plain + 1)..];
        }

        foreach (var one in text)
            written += EscapeOne(one, output[written..]);
        return written;
    }

    private static int EscapeOne(byte one, Span<byte> output)
    {
        if (one is (byte)'"' or (byte)'\\')
        {
            output[1] = one;
            output[0] = (byte)'\\';
            return 2;
        }

        if (one >= ' ')
        {
            output[0] = one;
            return 1;
        }

        "\\u00"u8.CopyTo(output);
        Utf8Formatter.TryFormat(one, output[4..], out _, new('x', 2));
        return Longest;
    }
}
