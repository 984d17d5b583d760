using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoLink.Observability.Logging.Loki;

/// <summary>A text of UTF-8 as it stands between the quotes of a JSON string.</summary>
internal static class JsonText
{
    /// <summary>A control character takes six bytes.</summary>
    private const int Longest = 6;

    /// <summary>How many bytes of a block have room in one with a backslash before each.</summary>
    private const byte Half = 8;

    /// <summary>The sets of marked bytes there are among as many.</summary>
    private const int Sets = 1 << Half;

    /// <summary>No place in a block, whichever half it is counted from.</summary>
    private const byte Backslash = 0x80;

    /// <summary>For each set of marked bytes the place that each byte of the output comes from.</summary>
    private static readonly Vector128<byte>[] Places = [.. Enumerable.Range(0, Sets).Select(PlacesOf)];

    /// <summary>How much room <see cref="Escape"/> needs at most. A whole block is stored at a time, also where only its beginning counts.</summary>
    public static int Room(int length) => (length * Longest) + Vector128<byte>.Count;

    /// <summary>A line is JSON itself, and every tenth byte of it is a quote: what is between two of them is too short to be searched and then copied.</summary>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var written = 0;
        for (; text.Length >= Vector128<byte>.Count; text = text[Vector128<byte>.Count..])
        {
            var block = Vector128.Create(text);
            var marked = Vector128.Equals(block, Vector128.Create((byte)'"')) | Vector128.Equals(block, Vector128.Create((byte)'\\'));
            if (Vector128.LessThanAny(block, Vector128.Create((byte)' ')))
            {
                written += EscapeEach(text[..Vector128<byte>.Count], output[written..]);
            }
            else if (marked == Vector128<byte>.Zero)
            {
                block.CopyTo(output[written..]);
                written += Vector128<byte>.Count;
            }
            else
            {
                var marks = marked.ExtractMostSignificantBits();
                written += Spread(block, 0, marks % Sets, output[written..]);
                written += Spread(block, Half, marks / Sets, output[written..]);
            }
        }

        return written + EscapeEach(text, output[written..]);
    }

    /// <summary>Eight bytes of a block, and a backslash before each that is marked.</summary>
    private static int Spread(Vector128<byte> block, byte from, uint marks, Span<byte> output)
    {
        var places = Places[marks];
        var isBackslash = Vector128.LessThan(places.AsSByte(), Vector128<sbyte>.Zero).AsByte();
        Vector128.ConditionalSelect(isBackslash, Vector128.Create((byte)'\\'), Vector128.ShuffleNative(block, places + Vector128.Create(from))).CopyTo(output);
        return Half + BitOperations.PopCount(marks);
    }

    private static Vector128<byte> PlacesOf(int marks)
    {
        Span<byte> places = stackalloc byte[Vector128<byte>.Count];
        var at = 0;
        for (byte place = 0; place < Half; place++)
        {
            if ((marks & (1 << place)) != 0)
                places[at++] = Backslash;
            places[at++] = place;
        }

        return Vector128.Create<byte>(places);
    }

    private static int EscapeEach(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var written = 0;
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
