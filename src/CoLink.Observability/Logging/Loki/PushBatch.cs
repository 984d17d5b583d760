using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Entries of one stream. Each stands in the buffer as the value that a push has of it, <c>["time","line",{"trace_id":…}],</c>, so that
/// a push of some of them is a slice of it.
/// </summary>
internal sealed class PushBatch : IDisposable
{
    private const int Shortest = 16 * 1024;

    /// <summary>What stands around a line: a timestamp, the ids and their names.</summary>
    private const int Frame = 160;

    /// <summary>What Loki's own form of an entry takes besides the line, which its limit of about 4 MB a push is about.</summary>
    private const int Overhead = 20;
    private const int OverheadOfIds = 80;

    private readonly List<Entry> _entries = [];
    private readonly ArrayPool<byte> _buffers;
    private byte[] _buffer;
    private int _length;

    /// <param name="labels">The stream's, as a JSON object.</param>
    /// <param name="buffers">Where it borrows its memory; the shared pool where none is given.</param>
    public PushBatch(ReadOnlyMemory<byte> labels, ArrayPool<byte>? buffers = null)
        : this(labels, [], [], buffers ?? ArrayPool<byte>.Shared)
    {
    }

    private PushBatch(ReadOnlyMemory<byte> labels, byte[] rented, IEnumerable<Entry> entries, ArrayPool<byte> buffers)
    {
        (Labels, _buffer, _length, _buffers) = (labels, rented, rented.Length, buffers);
        foreach (var entry in entries)
            Append(entry);
    }

    public ReadOnlyMemory<byte> Labels { get; }

    public int Count => _entries.Count;

    /// <summary>What Loki will count of it.</summary>
    public long Bytes { get; private set; }

    /// <summary>In nanoseconds since 1970, as every time of an entry.</summary>
    public long Oldest { get; private set; } = long.MaxValue;

    public long Newest { get; private set; } = long.MinValue;

    /// <summary>How much <see cref="Bytes"/> grows by a line.</summary>
    public static int BytesOf(int line, bool hasIds) => line + Overhead + (hasIds ? OverheadOfIds : 0);

    /// <summary>Takes over a buffer of the shared pool that holds values already.</summary>
    /// <param name="labels">The stream's, as a JSON object.</param>
    /// <param name="rented">Goes back with the batch.</param>
    /// <param name="entries">Where each is, with its end behind the comma.</param>
    public static PushBatch Adopt(ReadOnlyMemory<byte> labels, byte[] rented, IEnumerable<Entry> entries) => new(labels, rented, entries, ArrayPool<byte>.Shared);

    public long At(int index) => _entries[index].Nanoseconds;

    /// <summary>An entry is there whole, or, where there is no memory for it, not at all.</summary>
    /// <param name="nanoseconds">Since 1970.</param>
    /// <param name="line">UTF-8, without the line's end.</param>
    /// <param name="traceId">Hexadecimal, or null.</param>
    /// <param name="spanId">Hexadecimal, or null.</param>
    public void Add(long nanoseconds, ReadOnlySpan<byte> line, string? traceId, string? spanId)
    {
        _entries.EnsureCapacity(_entries.Count + 1);
        Reserve(JsonText.Room(line.Length) + Frame);
        var start = _length;
        Write("[\""u8);
        Utf8Formatter.TryFormat(nanoseconds, _buffer.AsSpan(_length), out var digits);
        _length += digits;
        Write("\",\""u8);
        _length += JsonText.Escape(line, _buffer.AsSpan(_length));
        Write("\""u8);
        if (traceId is not null)
        {
            Write(",{\"trace_id\":\""u8);
            WriteAscii(traceId);
            if (spanId is not null)
            {
                Write("\",\"span_id\":\""u8);
                WriteAscii(spanId);
            }

            Write("\"}"u8);
        }

        Write("],"u8);
        Append(new Entry(start, _length, nanoseconds, BytesOf(line.Length, traceId is not null)));
    }

    /// <summary>The values of the entries from one to before another, without the last comma.</summary>
    public ReadOnlySpan<byte> Values(int from, int to) => _buffer.AsSpan(_entries[from].Start..(_entries[to - 1].End - 1));

    public void Dispose()
    {
        if (_buffer.Length > 0)
            _buffers.Return(_buffer);
        _buffer = [];
        _length = 0;
        _entries.Clear();
    }

    private void Append(Entry entry)
    {
        _entries.Add(entry);
        Bytes += entry.Bytes;
        Oldest = Math.Min(Oldest, entry.Nanoseconds);
        Newest = Math.Max(Newest, entry.Nanoseconds);
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _length >= more)
            return;
        var larger = _buffers.Rent(Math.Max(Math.Max(_buffer.Length * 2, Shortest), _length + more));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
            _buffers.Return(_buffer);
        _buffer = larger;
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void WriteAscii(string text) => _length += Encoding.ASCII.GetBytes(text, _buffer.AsSpan(_length));

    /// <param name="Start">Where its value begins.</param>
    /// <param name="End">Where the next one's does.</param>
    /// <param name="Nanoseconds">Since 1970.</param>
    /// <param name="Bytes">What Loki will count of it.</param>
    internal readonly record struct Entry(int Start, int End, long Nanoseconds, int Bytes);
}
