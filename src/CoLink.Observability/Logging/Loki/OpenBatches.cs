using System.Buffers;
using System.Text.Json;
using Serilog.Events;

namespace CoLink.Observability.Logging.Loki;

/// <summary>Makes entries of events and collects them, for each stream a batch, until one is full or somebody closes all.</summary>
internal sealed class OpenBatches(StreamLabels labels, LineWriter write, int size, int bytes, LogLedger ledger, LokiHealth health) : IDisposable
{
    /// <summary>Loki's limit, with its own mark where a line was cut.</summary>
    public const int LongestLine = 262_144;

    /// <summary>
    /// What is sent again goes into a stream a half hour, so that nothing there is an hour behind the newest: nothing that is sent
    /// together may be further apart.
    /// </summary>
    public const long LongestSpan = 30L * 60 * 1_000_000_000;

    /// <summary>However many streams there are, no more than this waits for company.</summary>
    private const int MostOpenBytes = 4 * 1024 * 1024;

    private readonly Dictionary<LogStream, PushBatch> _open = [];
    private readonly Queue<PushBatch> _closed = [];
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private long _openBytes;

    /// <summary>Where batches borrow their memory.</summary>
    public ArrayPool<byte> Buffers { get; init; } = ArrayPool<byte>.Shared;

    public bool HasOpen => _open.Count > 0;

    public bool HasClosed => _closed.Count > 0;

    /// <summary>How many events the fullest lacks; 1 where there is none.</summary>
    public int Room => _open.Count == 0 ? 1 : size - _open.Values.Max(batch => batch.Count);

    /// <summary>In nanoseconds; the largest number where there is none.</summary>
    public long Oldest => _open.Values.Concat(_closed).Select(batch => batch.Oldest).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>Several in their order.</summary>
    public void Add(ReadOnlySpan<LogEvent> events)
    {
        while (!events.IsEmpty)
        {
            var next = events[..Math.Min(ReadAhead.Events, events.Length)];
            _ = ReadAhead.Touch(next);
            foreach (var logEvent in next)
                Add(logEvent);
            events = events[next.Length..];
        }
    }

    /// <summary>An event that is in hands already. It is in a batch then, or has met its fate.</summary>
    public void Add(LogEvent logEvent)
    {
        LogStream stream;
        PushBatch batch;
        try
        {
            stream = labels.Of(logEvent);
            Write(logEvent);
            if (_line.WrittenCount > LongestLine)
            {
                health.Refused(LogRefusal.TooLong, 1, $"a line of {_line.WrittenCount} bytes");
                ledger.Rejected(LogRefusal.TooLong, 1);
                return;
            }

            batch = Append(logEvent, stream);
        }
        catch (Exception)
        {
            // No memory for it is no room for it. The loop goes on with what comes after.
            ledger.Settled(LogFate.DroppedQueue, 1);
            return;
        }

        if (batch.Count >= size)
            Close(stream, batch);
        else if (_openBytes > Math.Max(bytes, MostOpenBytes))
            CloseAll();
    }

    public void CloseAll()
    {
        foreach (var (stream, batch) in _open)
            Close(stream, batch);
    }

    /// <summary>The next one that gets no more entries; null where there is none.</summary>
    public PushBatch? Take() => _closed.TryDequeue(out var batch) ? batch : null;

    public void Dispose()
    {
        foreach (var batch in _open.Values.Concat(_closed))
            batch.Dispose();
        _open.Clear();
        _closed.Clear();
    }

    private PushBatch Append(LogEvent logEvent, LogStream stream)
    {
        var time = stream.Stamp(LokiTime.Of(logEvent.Timestamp));
        var added = PushBatch.BytesOf(_line.WrittenCount, logEvent.TraceId is not null);
        var batch = BatchFor(stream, time, added);
        batch.Add(time, _line.WrittenSpan, logEvent.TraceId?.ToHexString(), logEvent.SpanId?.ToHexString());

        // Now that it has an entry: one without would be a delivery of nothing, which neither a push nor the spool can have.
        if (batch.Count == 1)
            _open[stream] = batch;
        _openBytes += added;
        return batch;
    }

    private PushBatch BatchFor(LogStream stream, long time, int added)
    {
        if (_open.TryGetValue(stream, out var batch))
        {
            var isApart = Math.Max(batch.Newest, time) - Math.Min(batch.Oldest, time) >= LongestSpan;
            if (!isApart && batch.Bytes + added <= bytes)
                return batch;
            Close(stream, batch);
        }

        return new PushBatch(stream.Labels, Buffers);
    }

    private void Close(LogStream stream, PushBatch batch)
    {
        _closed.Enqueue(batch);
        _open.Remove(stream);
        _openBytes -= batch.Bytes;
    }

    /// <summary>The writer is ours and writes anything; where it cannot after all, the event is told of rather than lost.</summary>
    private void Write(LogEvent logEvent)
    {
        _line.ResetWrittenCount();
        try
        {
            write(logEvent, _line);
        }
        catch (Exception exception)
        {
            _line.ResetWrittenCount();
            using var json = new Utf8JsonWriter(_line);
            json.WriteStartObject();
            json.WriteString("message", "A log event could not be written.");
            json.WriteStartObject("error");
            json.WriteString("type", exception.GetType().FullName);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
