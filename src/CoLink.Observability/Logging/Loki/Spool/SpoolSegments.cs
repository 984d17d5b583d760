using System.Globalization;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>The segments of a spool, oldest first, of which the last may be written; together they stay within the cap. Not thread-safe: the spool's lock is around it.</summary>
internal sealed class SpoolSegments
{
    private const long LargestSegment = 8 * 1024 * 1024;

    /// <summary>A spool that is full loses a segment at a time: no more than this part of it.</summary>
    private const int SmallestShare = 16;

    private readonly SpoolFolder _folder;
    private readonly LogLedger _ledger;
    private readonly SpoolNotices _notices;
    private readonly List<SpoolSegment> _all;
    private readonly long _segmentBytes;
    private SpoolSegment? _active;
    private long _lastNumber;
    private long _bytes;

    public SpoolSegments(SpoolFolder folder, SpoolAdoption adoption, long maxBytes, LogLedger ledger, SpoolNotices notices)
    {
        (_folder, _ledger, _notices, _all, _lastNumber) = (folder, ledger, notices, adoption.Segments, adoption.LastNumber);
        MaxBytes = maxBytes;
        _segmentBytes = Math.Min(LargestSegment, maxBytes / SmallestShare);
        _bytes = _all.Sum(segment => segment.Length);
        foreach (var segment in _all)
            _ledger.Adopted(segment.WaitingEntries);
        if (_all.Count > 0)
            _notices.Adopted(_all.Sum(segment => (long)segment.WaitingEntries));
        while (_bytes > MaxBytes)
            Drop(_all[0]);
        if (adoption.Unended is { IsGone: false } unended)
            GoOnWith(unended);
    }

    public IReadOnlyList<SpoolSegment> All => _all;

    public long MaxBytes { get; }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether the folder has a name that it may lose in a power cut.</summary>
    public bool IsFolderDirty { get; set; }

    /// <summary>Appends to the last segment or a new one, and drops the oldest where the cap wants it. Throws where it cannot be written; then nothing of it is there.</summary>
    public (SpoolSegment Segment, int Index) Append(ReadOnlySpan<byte> body, in SpoolHeader header, RecordState state)
    {
        try
        {
            var size = (long)SpoolFormat.RecordHeader + body.Length;
            var segment = RoomFor(size);
            var index = segment.Append(body, header, state);
            segment.IsDirty = true;
            _bytes += size;
            return (segment, index);
        }
        catch (Exception)
        {
            TakeBackTail();
            throw;
        }
    }

    /// <summary>Keeps for the next process that a payload is done: in its record, or by deleting the segment that has no other left.</summary>
    public void KeepDone(SpoolSegment segment, int index)
    {
        if (segment.IsFinished && Remove(segment))
            return;
        try
        {
            segment.MarkDone(index);
        }
        catch (Exception exception)
        {
            _notices.Failed(exception.Message);
        }
    }

    /// <summary>What waited in the segment is lost.</summary>
    public void Lose(SpoolSegment segment)
    {
        _ledger.DroppedFromSpool(segment.WaitingEntries);
        Remove(segment);
    }

    /// <summary>The segment that is written is so no longer.</summary>
    public void End()
    {
        _active?.File.Close();
        _active = null;
    }

    public void End(SpoolSegment segment)
    {
        if (segment == _active)
            End();
    }

    private SpoolSegment RoomFor(long size)
    {
        if (size + SpoolFormat.SegmentHeader > MaxBytes)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"a payload takes {size} bytes, more than the spool may have"));
        while (true)
        {
            var fits = _active is not null && _active.Length + size <= _segmentBytes;
            if (_bytes + size + (fits ? 0 : SpoolFormat.SegmentHeader) <= MaxBytes)
                return fits ? _active! : Begin();
            Drop(_all[0]);
        }
    }

    private SpoolSegment Begin()
    {
        End();
        _active = SpoolSegment.Create(_folder.SegmentPath(++_lastNumber));
        _all.Add(_active);
        _bytes += _active.Length;
        IsFolderDirty = true;
        return _active;
    }

    private void Drop(SpoolSegment segment)
    {
        if (segment.WaitingEntries > 0)
            _notices.Full(segment.WaitingEntries, MaxBytes);
        Lose(segment);
    }

    /// <summary>What a write that failed half way left would pass for a damaged record when the next process reads.</summary>
    private void TakeBackTail()
    {
        if (_active is not { } segment)
            return;
        End();
        if (segment.IsEmpty)
            Remove(segment);
        else
            GoOnWith(segment);
    }

    private void GoOnWith(SpoolSegment segment)
    {
        var length = segment.Length;
        try
        {
            segment.Resume();
            _bytes -= length - segment.Length;
            _active = segment;
        }
        catch (Exception)
        {
            // The next payload begins a segment of its own.
            segment.File.Close();
        }
    }

    private bool Remove(SpoolSegment segment)
    {
        _all.Remove(segment);
        _bytes -= segment.Length;
        if (_active == segment)
            _active = null;
        try
        {
            segment.Delete();
            return true;
        }
        catch (Exception exception)
        {
            _notices.Failed(exception.Message);
            return false;
        }
    }
}
