using Microsoft.Win32.SafeHandles;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>
/// Walks the headers of a segment. Bodies are passed over and checked when they are taken: a start must not read the whole spool.
/// </summary>
internal sealed class SegmentScan(SafeFileHandle file, long length)
{
    // A header is 40 bytes, and a read costs about as much for a page: small records come several a read.
    private readonly byte[] _window = new byte[4096];
    private long _windowStart;
    private int _windowLength;

    public List<SpoolRecord> Records { get; } = [];

    /// <summary>Where the last whole record ends, and the next may begin.</summary>
    public long End { get; private set; } = SpoolFormat.SegmentHeader;

    /// <summary>Bytes behind <see cref="End"/> that hold records which can no longer be found; 0 where there is nothing, or what a write that was cut short left.</summary>
    public long Damaged { get; private set; }

    public void Run()
    {
        while (End + SpoolFormat.RecordHeader <= length)
        {
            var bytes = Read(End, SpoolFormat.RecordHeader);
            if (bytes.Length < SpoolFormat.RecordHeader)
                return;
            if (!SpoolFormat.TryReadRecordHeader(bytes, out var header, out var body))
            {
                Damaged = IsZeroFrom(End) ? 0 : length - End;
                return;
            }

            var end = End + SpoolFormat.RecordHeader + body;
            if (end > length)
                return;
            var state = SpoolFormat.IsDone(bytes) ? RecordState.Done : RecordState.Waiting;
            Records.Add(new SpoolRecord(End, header.OldestNanoseconds, header.Entries, header.Attempted, state));
            End = end;
        }
    }

    /// <summary>After a power cut a file may have its new length and not yet its new content.</summary>
    private bool IsZeroFrom(long at)
    {
        for (; at < length; at += _window.Length)
        {
            if (Read(at, (int)Math.Min(_window.Length, length - at)).ContainsAnyExcept((byte)0))
                return false;
        }

        return true;
    }

    private ReadOnlySpan<byte> Read(long at, int count)
    {
        if (at < _windowStart || at + count > _windowStart + _windowLength)
        {
            _windowStart = at;
            _windowLength = SegmentFile.ReadAll(file, at, _window);
        }

        var start = (int)(at - _windowStart);
        return _window.AsSpan(start, Math.Min(count, _windowLength - start));
    }
}
