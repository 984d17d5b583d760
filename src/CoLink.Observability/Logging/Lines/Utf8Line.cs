using System.Buffers;
using System.Globalization;

namespace CoLink.Observability.Logging.Lines;

/// <summary>
/// A line on its way. It is written where the output has room for it, and moves to an array of its own where it grows beyond that;
/// until it is complete, the output has nothing of it, so that what was written can be taken back.
/// </summary>
/// <remarks>It is passed by reference: a copy would go its own way.</remarks>
internal ref struct Utf8Line
{
    /// <summary>Longer than most lines.</summary>
    private const int FirstRoom = 1024;

    /// <summary>A format that asks for more than this gets no more.</summary>
    private const int MostFormatted = 64 * 1024;

    /// <summary>Fifteen digits identify a number; fewer are sure to be the shortest.</summary>
    private const double MostThousandths = 1e12;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private byte[]? _rented;

    public Utf8Line(IBufferWriter<byte> output)
    {
        _output = output;
        _span = output.GetSpan(FirstRoom);
        Ceiling = int.MaxValue;
    }

    public int Length { get; private set; }

    /// <summary>Whoever writes a part that has many parts looks at <see cref="IsFull"/> before each of them.</summary>
    public int Ceiling { get; set; }

    public readonly bool IsFull => Length > Ceiling;

    public readonly Span<byte> Written => _span[..Length];

    /// <summary>To write into; <see cref="Advance"/> says how much was written.</summary>
    public Span<byte> Room(int atLeast)
    {
        if (_span.Length - Length < atLeast)
            Grow(atLeast);
        return _span[Length..];
    }

    public void Advance(int bytes) => Length += bytes;

    /// <summary>Takes back what was written after this length.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Bytes that are valid where they stand.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void Raw(byte character)
    {
        Room(1)[0] = character;
        Length++;
    }

    /// <summary>Characters of which all are ASCII and none needs an escape.</summary>
    public void Ascii(scoped ReadOnlySpan<char> text)
    {
        System.Text.Ascii.FromUtf16(text, Room(text.Length), out var written);
        Length += written;
    }

    /// <summary>The shortest text that reads as this number. Of what has three decimals at most, as durations have, that is known without a search for it.</summary>
    public void Number(double value)
    {
        var thousandths = Math.Round(value * 1000);
        if (Math.Abs(thousandths) is > 0 and < MostThousandths && thousandths / 1000 == value)
            Thousandths((long)thousandths);
        else
            Format(value);
    }

    /// <summary>A value in a form of which no character needs an escape.</summary>
    public void Format<T>(T value, scoped ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        for (var room = 64; room <= MostFormatted; room *= 4)
        {
            if (value.TryFormat(Room(room), out var written, format, CultureInfo.InvariantCulture))
            {
                Length += written;
                return;
            }
        }
    }

    /// <summary>Moves what stands after <paramref name="at"/> to the right and puts blanks before it.</summary>
    public void Indent(int at, int blanks)
    {
        Room(blanks);
        _span[at..Length].CopyTo(_span[(at + blanks)..]);
        _span.Slice(at, blanks).Fill((byte)' ');
        Length += blanks;
    }

    /// <summary>Hands the line to the output.</summary>
    public void Complete()
    {
        if (_rented is null)
            _output.Advance(Length);
        else
            _output.Write(Written);
        Dispose();
    }

    /// <summary>Gives back what it holds; what is not complete is gone.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }

        _span = [];
        Length = 0;
    }

    private void Thousandths(long value)
    {
        if (value < 0)
            Raw((byte)'-');
        var (whole, decimals) = Math.DivRem(Math.Abs(value), 1000);
        Format(whole);
        if (decimals == 0)
            return;
        var room = Room(4);
        room[0] = (byte)'.';
        room[1] = (byte)('0' + (decimals / 100));
        room[2] = (byte)('0' + (decimals / 10 % 10));
        room[3] = (byte)('0' + (decimals % 10));
        Length += decimals % 100 == 0 ? 2 : decimals % 10 == 0 ? 3 : 4;
    }

    private void Grow(int atLeast)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + atLeast, _span.Length * 2));
        Written.CopyTo(larger);
        if (_rented is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        _rented = larger;
        _span = larger;
    }
}
