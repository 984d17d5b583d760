using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Sinks.Async;

namespace CoLink.Observability.Logging.Console;

/// <summary>
/// Standard output behind a bounded queue and a thread of its own: a pipe that nobody reads stops no request, what finds the queue
/// full is dropped and counted. Only a fatal event waits until it is written, since it may be the last.
/// </summary>
internal sealed class ConsoleSink : ILogEventSink, ILoggingFailureListener, IAsyncLogEventSinkMonitor, IDisposable
{
    public const int QueueLimit = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ConsoleWriter _writer;
    private readonly ILogEventSink _queue;
    private readonly TimeSpan _patience;
    private readonly FatalEvents _fatal = new();
    private volatile IAsyncLogEventSinkInspector? _inspector;
    private volatile bool _isClosed;
    private int _disposals;
    private long _emitted;
    private long _refused;
    private long _stuckAt = -1;

    /// <param name="output">Where lines go; it is not disposed.</param>
    /// <param name="write">Makes a line of an event.</param>
    /// <param name="queueLimit">How many events may wait.</param>
    /// <param name="patience">How long a fatal event waits, and the end; two seconds where it is null.</param>
    public ConsoleSink(Stream output, LineWriter write, int queueLimit = QueueLimit, TimeSpan? patience = null)
    {
        _patience = patience ?? TimeSpan.FromSeconds(2);
        _writer = new ConsoleWriter(output, write, () => _inspector is not { Count: > 0 }) { Settled = _fatal.Settle };
        _queue = LoggerSinkConfiguration.CreateSink(to => to.Async(into => into.Sink(_writer), queueLimit, blockWhenFull: false, monitor: this));

        // Until here nobody can emit; otherwise what is dropped would be told to Serilog's own log, which nobody reads.
        ((ISetLoggingFailureListener)_queue).SetFailureListener(this);
    }

    public long Written => _writer.Written;

    /// <summary>With <see cref="Written"/> and what waits, all that was emitted; once the sink is closed, nothing waits.</summary>
    public long Dropped => _isClosed
        ? Interlocked.Read(ref _emitted) - _writer.Written
        : Interlocked.Read(ref _refused) + _writer.Failed;

    public void Emit(LogEvent logEvent)
    {
        Interlocked.Increment(ref _emitted);
        if (logEvent.Level < LogEventLevel.Fatal)
            _queue.Emit(logEvent);
        else
            EmitAndWait(logEvent);
    }

    /// <summary>Writes what waits. After two seconds it waits no longer: what is left is dropped.</summary>
    public void Dispose()
    {
        if (Interlocked.Increment(ref _disposals) > 1)
            return;

        // The queue waits for its last write, which may never return; the process does not wait for a background thread.
        var drain = new Thread(((IDisposable)_queue).Dispose) { IsBackground = true, Name = "CoLink console drain" };
        drain.Start();
        drain.Join(_patience);
        _writer.Abandon();
        _isClosed = true;
    }

    void ILoggingFailureListener.OnLoggingFailed(object sender, LoggingFailureKind kind, string message, IReadOnlyCollection<LogEvent>? events, Exception? exception)
    {
        foreach (var logEvent in events ?? [])
        {
            if (!_fatal.Refuse(logEvent))
                Interlocked.Increment(ref _refused);
        }
    }

    void IAsyncLogEventSinkMonitor.StartMonitoring(IAsyncLogEventSinkInspector inspector) => _inspector = inspector;

    void IAsyncLogEventSinkMonitor.StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
    }

    private void EmitAndWait(LogEvent logEvent)
    {
        // A pipe that nobody reads stops a thread once, not at each of its fatal events.
        if (Volatile.Read(ref _disposals) > 0 || Interlocked.Read(ref _stuckAt) == Progress)
        {
            _queue.Emit(logEvent);
            return;
        }

        var wait = _fatal.Begin(logEvent);
        var waited = TimeSpan.Zero;
        do
        {
            waited += Pause;
            wait.IsRefused = false;
            _queue.Emit(logEvent);
        }
        while (!wait.Until(wait.IsRefused ? waited : _patience) && wait.IsRefused && waited < _patience);

        if (!wait.Until(TimeSpan.Zero))
            Interlocked.Exchange(ref _stuckAt, Progress);
        if (wait.IsRefused)
            Interlocked.Increment(ref _refused);
        _fatal.End(logEvent);
    }

    private long Progress => _writer.Written + _writer.Failed;
}
