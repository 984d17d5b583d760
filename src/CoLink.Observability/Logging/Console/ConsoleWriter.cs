using System.Buffers;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Logging.Console;

/// <summary>
/// Writes lines to a stream, on one thread. What waits is collected first, so that a burst takes few writes; where nothing waits, each
/// line goes out at once.
/// </summary>
/// <param name="output">Where lines go. A write may block for as long as nobody reads.</param>
/// <param name="write">Makes a line of an event.</param>
/// <param name="isLast">Whether nothing waits behind the event at hand.</param>
internal sealed class ConsoleWriter(Stream output, LineWriter write, Func<bool> isLast) : ILogEventSink
{
    private const int Together = 32 * 1024;

    /// <summary>A buffer that one huge line left behind is not kept.</summary>
    private const int MostKept = 1024 * 1024;

    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _buffer = new(Together);
    private int _collected;
    private long _written;
    private long _failed;
    private bool _isAbandoned;

    /// <summary>An event is on its way to whoever reads, or never will be.</summary>
    public Action<LogEvent>? Settled { get; set; }

    public long Written => Interlocked.Read(ref _written);

    /// <summary>Events whose line could not be made or written.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public void Emit(LogEvent logEvent)
    {
        if (!Volatile.Read(ref _isAbandoned))
        {
            Collect(logEvent);
            if (_buffer.WrittenCount >= Together || logEvent.Level >= LogEventLevel.Fatal || isLast())
                Flush();
        }

        if (logEvent.Level >= LogEventLevel.Fatal)
            Settled?.Invoke(logEvent);
    }

    /// <summary>Its owner waits no longer: what is not written by now is not counted as written, whatever becomes of it.</summary>
    public void Abandon()
    {
        lock (_gate)
            _isAbandoned = true;
    }

    private void Collect(LogEvent logEvent)
    {
        var before = _buffer.WrittenCount;
        try
        {
            write(logEvent, _buffer);
            _collected++;
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _failed);
            if (_buffer.WrittenCount == before)
                return;
        }

        _buffer.Write("\n"u8);
    }

    private void Flush()
    {
        try
        {
            output.Write(_buffer.WrittenSpan);
            output.Flush();
            Count(ref _written);
        }
        catch (Exception)
        {
            // The pipe is closed, the disk is full, the stream is disposed: nobody is there to be told.
            Count(ref _failed);
        }

        _collected = 0;
        if (_buffer.Capacity > MostKept)
            _buffer = new ArrayBufferWriter<byte>(Together);
        else
            _buffer.ResetWrittenCount();
    }

    private void Count(ref long counter)
    {
        lock (_gate)
        {
            if (!_isAbandoned)
                Interlocked.Add(ref counter, _collected);
        }
    }
}
