using System.Runtime.InteropServices;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>A file of payloads and where each of them stands. Not thread-safe: the spool's lock is around it.</summary>
internal sealed class SpoolSegment
{
    private readonly List<SpoolRecord> _records;
    private readonly SegmentFile _file;
    private long _end;
    private long _oldest = long.MaxValue;
    private bool _isOldestStale;
    private int _unfinished;
    private int _waitingAttempted;
    private int _waiting;
    private int _firstWaiting;
    private int _firstWaitingAttempted;

    private SpoolSegment(SegmentFile file, List<SpoolRecord> records, long end, long length)
    {
        (_file, _records, _end, Length) = (file, records, end, length);
        foreach (var record in records)
            Count(record, 1);
        _isOldestStale = true;
    }

    /// <summary>What it takes on disk.</summary>
    public long Length { get; private set; }

    /// <summary>Events that wait here; those in somebody's hands are not among them.</summary>
    public int WaitingEntries { get; private set; }

    /// <summary>Whether no payload of it waits or is in somebody's hands.</summary>
    public bool IsFinished => _unfinished == 0;

    /// <summary>Whether nothing was ever appended to it.</summary>
    public bool IsEmpty => _records.Count == 0;

    /// <summary>Whether its file was deleted.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether something was appended that <see cref="SegmentFile.Flush"/> has not seen.</summary>
    public bool IsDirty { get; set; }

    public SegmentFile File => _file;

    /// <summary>The time of the oldest event that is not done; <see cref="long.MaxValue"/> where there is none.</summary>
    public long OldestNanoseconds
    {
        get
        {
            if (_isOldestStale)
                _oldest = _records.Where(record => record.State != RecordState.Done).Select(record => record.OldestNanoseconds).DefaultIfEmpty(long.MaxValue).Min();
            _isOldestStale = false;
            return _oldest;
        }
    }

    public static SpoolSegment Create(string path)
    {
        var file = new SegmentFile(path);
        file.Create();
        return new SpoolSegment(file, [], SpoolFormat.SegmentHeader, SpoolFormat.SegmentHeader);
    }

    public static SpoolSegment Adopt(string path, SegmentScan scan, long length) => new(new SegmentFile(path), scan.Records, scan.End, length);

    /// <summary>Makes an adopted segment the one that is written, without what a write that was cut short left at its end.</summary>
    public void Resume()
    {
        _file.Resume(_end);
        Length = _end;
    }

    /// <summary>Writes a payload and gives its index.</summary>
    public int Append(ReadOnlySpan<byte> body, in SpoolHeader header, RecordState state)
    {
        Span<byte> bytes = stackalloc byte[SpoolFormat.RecordHeader];
        SpoolFormat.WriteRecordHeader(bytes, header, body);
        _file.Append(_end, bytes, body);
        var record = new SpoolRecord(_end, header.OldestNanoseconds, header.Entries, header.Attempted, state);
        _records.Add(record);
        Count(record, 1);
        _oldest = Math.Min(_oldest, header.OldestNanoseconds);
        _end += bytes.Length + body.Length;
        Length = _end;
        return _records.Count - 1;
    }

    /// <summary>The index of the first payload that waits, or -1.</summary>
    public int FirstWaiting(bool attempted)
    {
        if ((attempted ? _waitingAttempted : _waiting) == 0)
            return -1;
        ref var first = ref attempted ? ref _firstWaitingAttempted : ref _firstWaiting;
        while (_records[first].State != RecordState.Waiting || (attempted && !_records[first].Attempted))
            first++;
        return first;
    }

    /// <summary>Reads a payload that waits; null where it is no longer what was written.</summary>
    public SpoolPayload? Read(int index)
    {
        var record = _records[index];
        var end = index + 1 < _records.Count ? _records[index + 1].Offset : _end;
        var bytes = GC.AllocateUninitializedArray<byte>((int)(end - record.Offset));
        if (_file.Read(record.Offset, bytes) < bytes.Length || !SpoolFormat.TryReadRecordHeader(bytes, out var header, out var length))
            return null;
        var body = bytes.AsMemory(SpoolFormat.RecordHeader);
        var isSame = length == body.Length && header.Entries == record.Entries && SpoolFormat.IsWhole(bytes, body.Span);
        return isSame ? new SpoolPayload(this, index, header, body) : null;
    }

    public int EntriesOf(int index) => _records[index].Entries;

    public void Move(int index, RecordState state)
    {
        ref var record = ref CollectionsMarshal.AsSpan(_records)[index];
        Count(record, -1);
        record.State = state;
        Count(record, 1);
        _isOldestStale |= state == RecordState.Done && record.OldestNanoseconds <= _oldest;
        if (state != RecordState.Waiting)
            return;
        _firstWaiting = Math.Min(_firstWaiting, index);
        _firstWaitingAttempted = Math.Min(_firstWaitingAttempted, index);
    }

    /// <summary>Writes to the file that a payload is done, for the next process.</summary>
    public void MarkDone(int index) => _file.MarkDone(_records[index].Offset);

    public void Delete()
    {
        IsGone = true;
        _file.Delete();
    }

    private void Count(in SpoolRecord record, int change)
    {
        if (record.State != RecordState.Done)
            _unfinished += change;
        if (record.State != RecordState.Waiting)
            return;
        WaitingEntries += change * record.Entries;
        _waiting += change;
        _waitingAttempted += record.Attempted ? change : 0;
    }
}
