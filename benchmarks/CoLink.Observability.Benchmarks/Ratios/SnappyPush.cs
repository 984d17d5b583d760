namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The other body that Loki takes: its protobuf message in Snappy.</summary>
internal sealed class SnappyPush
{
    private readonly byte[] _compressed = new byte[4 * 1024 * 1024];
    private readonly byte[] _buffer = new byte[2 * 1024 * 1024];
    private int _length;

    public int Encode(ReadOnlySpan<byte> labels, IReadOnlyList<(long Nanoseconds, byte[] Line, byte[] Trace, byte[] Span)> entries)
    {
        // The length of the only stream stands in front of it, in as many bytes as its number takes: it is written behind them.
        const int Head = 8;
        _length = Head;
        Field(1, labels);
        foreach (var (nanoseconds, line, trace, span) in entries)
        {
            var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
            var time = 2 + Length(seconds) + Length(rest);
            var (first, second) = (Pair("trace_id"u8, trace), Pair("span_id"u8, span));
            Key(2, 2 + time + 1 + Length(line.Length) + line.Length + 2 + first + 2 + second);
            Key(1, time);
            _buffer[_length++] = 0x08;
            Number(seconds);
            _buffer[_length++] = 0x10;
            Number(rest);
            Field(2, line);
            Pair(first, "trace_id"u8, trace);
            Pair(second, "span_id"u8, span);
        }

        var end = _length;
        _length = Head - 1 - Length(end - Head);
        var start = _length;
        Key(1, end - Head);
        return Snappier.Snappy.Compress(_buffer.AsSpan(start..end), _compressed);
    }

    private static int Pair(ReadOnlySpan<byte> name, byte[] value) => 4 + name.Length + value.Length;

    private static int Length(long number)
    {
        var length = 1;
        for (; number >= 0x80; number >>= 7)
            length++;
        return length;
    }

    private void Pair(int length, ReadOnlySpan<byte> name, byte[] value)
    {
        Key(3, length);
        Field(1, name);
        Field(2, value);
    }

    private void Field(int number, ReadOnlySpan<byte> value)
    {
        Key(number, value.Length);
        value.CopyTo(_buffer.AsSpan(_length));
        _length += value.Length;
    }

    private void Key(int number, int length)
    {
        _buffer[_length++] = (byte)((number << 3) | 2);
        Number(length);
    }

    private void Number(long number)
    {
        for (; number >= 0x80; number >>= 7)
            _buffer[_length++] = (byte)(number | 0x80);
        _buffer[_length++] = (byte)number;
    }
}
