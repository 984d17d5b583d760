using System.Diagnostics.CodeAnalysis;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>
/// Payloads on disk, oldest first, for the time in which they cannot be delivered and for the next process; what a payload is, it does
/// not know. docs/spool.md has the format and what survives what. Each call keeps the <see cref="LogLedger"/> right; none of them throws.
/// Thread-safe.
/// </summary>
internal sealed class LogSpool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _flushing = new();
    private readonly SpoolFolder _folder;
    private readonly SpoolSegments _segments;
    private readonly LogLedger _ledger;
    private readonly SpoolNotices _notices;
    private long _oldest = long.MaxValue;
    private bool _isClosed;

    private LogSpool(SpoolFolder folder, SpoolSegments segments, LogLedger ledger, SpoolNotices notices) =>
        (_folder, _segments, _ledger, _notices) = (folder, segments, ledger, notices);

    /// <summary>The size of the segments, never over <see cref="MaxBytes"/>.</summary>
    public long Bytes => _segments.Bytes;

    public long MaxBytes => _segments.MaxBytes;

    /// <summary>The time of the oldest event that is not done, be it taken or not; null where there is none.</summary>
    public long? OldestNanoseconds
    {
        get
        {
            // A scrape asks, which must not wait for a disk that hangs: it gets the answer of the last time then.
            if (_gate.TryEnter())
            {
                try
                {
                    Interlocked.Exchange(ref _oldest, _segments.All.Select(segment => segment.OldestNanoseconds).DefaultIfEmpty(long.MaxValue).Min());
                }
                finally
                {
                    _gate.Exit();
                }
            }

            return Interlocked.Read(ref _oldest) is var oldest and not long.MaxValue ? oldest : null;
        }
    }

    /// <summary>Takes a directory, which is made where it is missing, and adopts what a process that is gone left in it.</summary>
    /// <returns>Null where it cannot be used, which is said.</returns>
    public static LogSpool? Open(string directory, long maxBytes, LogLedger ledger, ILogger logger)
    {
        SpoolFolder? folder = null;
        try
        {
            folder = SpoolFolder.Take(directory);
            var notices = new SpoolNotices(logger, directory);
            var segments = new SpoolSegments(folder, SpoolAdoption.Of(folder, notices), maxBytes, ledger, notices);
            var spool = new LogSpool(folder, segments, ledger, notices);
            notices.Tell();
            return spool;
        }
        catch (Exception exception)
        {
            folder?.Dispose();
            SafeLog.Write(() => Log.Unusable(logger, directory, exception.Message));
            return null;
        }
    }

    /// <summary>Writes a payload at the end, from hands into the spool. It survives the process from then on, and a power cut from <see cref="Flush"/> on.</summary>
    /// <returns>False where it cannot be written, which is said once: its events stay in the caller's hands.</returns>
    public bool TryAppend(ReadOnlySpan<byte> body, in SpoolHeader header) => Append(body, header, RecordState.Waiting, out _);

    /// <summary>Writes a payload that the caller is about to send, and leaves it in the caller's hands.</summary>
    /// <returns>False where it cannot be written, which is said once.</returns>
    public bool TryHold(ReadOnlySpan<byte> body, in SpoolHeader header, [NotNullWhen(true)] out SpoolPayload? payload) =>
        Append(body, header, RecordState.Taken, out payload);

    /// <summary>The oldest payload that is neither done nor taken, from the spool into the caller's hands. Those that were attempted come first.</summary>
    public bool TryTake([NotNullWhen(true)] out SpoolPayload? payload)
    {
        lock (_gate)
            payload = _isClosed ? null : Take(attempted: true) ?? Take(attempted: false);
        _notices.Tell();
        return payload is not null;
    }

    /// <summary>
    /// The payload has met its fate, which the caller has settled with the ledger: it is not taken again, nor by the next process. A
    /// payload of which a part is still to be sent is completed when that part was appended.
    /// </summary>
    public void Complete(SpoolPayload payload)
    {
        lock (_gate)
        {
            if (!Settle(payload))
                return;
            payload.Segment.Move(payload.Index, RecordState.Done);

            // Closed, the files may be another process' already.
            if (!_isClosed && !payload.Segment.IsGone)
                _segments.KeepDone(payload.Segment, payload.Index);
            if (_segments.All.Count == 0)
                _notices.Emptied();
        }

        _notices.Tell();
    }

    /// <summary>The payload was not delivered: its events go from the caller's hands back into the spool, or are dropped where the spool has meanwhile lost it.</summary>
    /// <param name="payload">All of it: a part cannot be given back.</param>
    /// <param name="settled">How many of its events have met their fate all the same, and are held a second time.</param>
    public void GiveBack(SpoolPayload payload, int settled = 0)
    {
        lock (_gate)
        {
            if (!Settle(payload))
                return;
            payload.Segment.Move(payload.Index, RecordState.Waiting);
            if (payload.Segment.IsGone)
            {
                _ledger.Settled(LogFate.DroppedSpool, payload.Header.Entries - settled);
                return;
            }

            _ledger.Resumed(settled);
            _ledger.Spooled(payload.Header.Entries);
        }
    }

    /// <summary>Everything that was appended before the call is on disk after it. It waits for the disk, and keeps nobody else waiting.</summary>
    /// <returns>False where the disk says it is not, which is said once.</returns>
    public bool Flush()
    {
        lock (_flushing)
        {
            SpoolSegment[] dirty;
            bool isFolderDirty;
            lock (_gate)
            {
                if (_isClosed)
                    return false;
                dirty = [.. _segments.All.Where(segment => segment.IsDirty)];
                isFolderDirty = _segments.IsFolderDirty;
                _segments.IsFolderDirty = false;
                foreach (var segment in dirty)
                    segment.IsDirty = false;
            }

            var isFlushed = true;
            foreach (var segment in dirty)
                isFlushed &= TryFlush(segment.File.Flush, segment);
            if (isFolderDirty)
                isFlushed &= TryFlush(_folder.Flush, null);
            _notices.Tell();
            return isFlushed;
        }
    }

    /// <summary>Lets go of the directory. What is in it, taken or not, waits for the next process. What was taken is settled before: a later <see cref="Complete"/> is not kept.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _segments.End();
            _folder.Dispose();
        }
    }

    private bool Append(ReadOnlySpan<byte> body, in SpoolHeader header, RecordState state, out SpoolPayload? payload)
    {
        payload = null;
        var isWritten = false;
        lock (_gate)
        {
            if (_isClosed)
                return false;
            try
            {
                var (segment, index) = _segments.Append(body, header, state);
                isWritten = true;
                if (state == RecordState.Waiting)
                    _ledger.Spooled(header.Entries);
                else
                    payload = new SpoolPayload(segment, index, header, default);
                _notices.Appended();
            }
            catch (Exception exception)
            {
                // Not only IOException: a file over the process' limit is an ArgumentOutOfRangeException.
                _notices.AppendFailed(exception.Message);
            }
        }

        _notices.Tell();
        return isWritten;
    }

    private SpoolPayload? Take(bool attempted)
    {
        for (var at = 0; at < _segments.All.Count;)
        {
            var segment = _segments.All[at];
            var index = segment.FirstWaiting(attempted);
            if (index < 0)
            {
                at++;
                continue;
            }

            try
            {
                if (segment.Read(index) is { } payload)
                {
                    segment.Move(index, RecordState.Taken);
                    _ledger.Unspooled(payload.Header.Entries);
                    return payload;
                }

                _notices.Damaged($"a payload in {segment.File.Path}");
                _ledger.DroppedFromSpool(segment.EntriesOf(index));
                segment.Move(index, RecordState.Done);
                _segments.KeepDone(segment, index);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                _notices.Damaged($"{segment.File.Path} was deleted");
                _segments.Lose(segment);
            }
            catch (Exception exception)
            {
                // Out of file descriptors, for one: it waits, and must not keep what is behind it waiting.
                _notices.Failed(exception.Message);
                at++;
            }
        }

        return null;
    }

    private bool TryFlush(Action flush, SpoolSegment? segment)
    {
        try
        {
            flush();
            return true;
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                // Delivered or dropped meanwhile.
                if (segment is { IsGone: true })
                    return true;
                _notices.Failed(exception.Message);

                // The kernel forgets what it could not write, so that the next flush of this file would call it flushed.
                if (segment is not null)
                    _segments.End(segment);
                return false;
            }
        }
    }

    private static bool Settle(SpoolPayload payload)
    {
        var isFirst = !payload.IsSettled;
        payload.IsSettled = true;
        return isFirst;
    }
}
