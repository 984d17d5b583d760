using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>
/// From the logger to the roads: standard output and Loki. There are events before the options are known, and to ask for the options
/// as the first one comes would be a circle, since what makes the options may log: until the roads are open events wait here.
/// </summary>
internal sealed class LogPipeline : ILogEventSink, IAsyncDisposable, IDisposable
{
    private const string Category = "CoLink.Observability.Logging";

    /// <summary>The roads open at the first event, within milliseconds, unless what makes the options hangs.</summary>
    private const int MostEarly = 10_000;

    /// <summary>At the end of the process, where nothing has ended the host before: all of it, and what Loki has of it. The rest is for the spool and for standard output.</summary>
    private static readonly TimeSpan AtExit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LokiAtExit = TimeSpan.FromSeconds(1.4);

    private readonly Func<LogRoads> _open;
    private readonly Lock _gate = new();
    private readonly List<LogEvent> _early = [];
    private long _lostEarly;
    private LogRoads? _roads;
    private Task? _opening;
    private Task? _stopping;
    private Action<Exception>? _failed;

    /// <param name="open">Makes the roads; called once, on a thread of the pool.</param>
    public LogPipeline(Func<LogRoads> open)
    {
        _open = open;
        Values = new EventValues(this);
    }

    /// <summary>Serilog's part of an event.</summary>
    public EventValues Values { get; }

    public CallSites CallSites { get; } = new();

    /// <summary>The host's clock, once it may be asked for.</summary>
    public TimeProvider Time { get; private set; } = TimeProvider.System;

    /// <summary>Whether the host's logger factory has asked for a logger: one that is not Microsoft's may pass providers by.</summary>
    public bool IsHeard { get; set; }

    /// <summary>Null until they are open.</summary>
    public LogRoads? Roads => Volatile.Read(ref _roads);

    /// <summary>False once it is known that nothing is written anywhere: then an event costs nothing.</summary>
    public bool IsOn => Volatile.Read(ref _roads) is not { AreNone: true };

    public void Write(LogEvent logEvent) => Values.Write(logEvent);

    /// <summary>Where Serilog hands the event on, with what its context adds.</summary>
    public void Emit(LogEvent logEvent)
    {
        if (Volatile.Read(ref _roads) is { } roads)
            roads.Emit(logEvent);
        else
            Keep(logEvent);
    }

    /// <summary>Opens the roads where no event has.</summary>
    public async Task<LogRoads> OpenAsync()
    {
        await BeginToOpen();
        return _roads!;
    }

    /// <summary>An object of the app's failed while it was logged, or a road did. Before there is a registry to count it in, it is only not felt.</summary>
    public void Failed(Exception exception) => Volatile.Read(ref _failed)?.Invoke(exception);

    public void OnFailure(Action<Exception> failed) => Volatile.Write(ref _failed, failed);

    /// <summary>Ends as the container does. What is logged later is counted and goes nowhere.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(patience: null));

    /// <summary>For a container that is not disposed of asynchronously. The end of each road is bounded, so the wait is.</summary>
    public void Dispose() => ((IAsyncResult)Task.Run(() => StopAsync(patience: null))).AsyncWaitHandle.WaitOne();

    private void Keep(LogEvent logEvent)
    {
        lock (_gate)
        {
            if (_roads is null)
            {
                if (_early.Count < MostEarly)
                    _early.Add(logEvent);
                else
                    _lostEarly++;
                _ = BeginToOpen();
                return;
            }
        }

        _roads.Emit(logEvent);
    }

    /// <param name="nowhere">Where nothing was logged until now, nothing will be: the host has ended.</param>
    private Task BeginToOpen(bool nowhere = false)
    {
        lock (_gate)
        {
            if (_opening is not null)
                return _opening;
            if (nowhere)
            {
                _roads = LogRoads.None(Time);
                return _opening = Task.CompletedTask;
            }

            AppDomain.CurrentDomain.ProcessExit += EndWithTheProcess;
            AppDomain.CurrentDomain.UnhandledException += EndWithTheProcess;
            return _opening = Task.Run(Open);
        }
    }

    private void Open()
    {
        // Outside the lock: it may log, and wait for whoever waits to log.
        var roads = _open();
        lock (_gate)
        {
            Time = roads.Time;
            foreach (var logEvent in _early)
                roads.Emit(logEvent);
            _early.Clear();
            for (; _lostEarly > 0; _lostEarly--)
                roads.Lost();
            Volatile.Write(ref _roads, roads);
        }
    }

    /// <summary>On a thread of the pool, since the one that ends the process may not come back from a pipe that nobody reads.</summary>
    private void EndWithTheProcess(object? sender, EventArgs e)
    {
        var end = Task.Run(() =>
        {
            if (e is UnhandledExceptionEventArgs unhandled)
                Log.ProcessEnds(new EventLogger(Category, this, new LoggerExternalScopeProvider()), unhandled.ExceptionObject as Exception);
            return StopAsync(LokiAtExit);
        });
        ((IAsyncResult)end).AsyncWaitHandle.WaitOne(AtExit);
    }

    private Task StopAsync(TimeSpan? patience)
    {
        lock (_gate)
            return _stopping ??= EndAsync(patience);
    }

    private async Task EndAsync(TimeSpan? patience)
    {
        // Not in the hands of whoever holds the lock.
        await Task.Yield();
        await BeginToOpen(nowhere: true);
        await _roads!.StopAsync(patience);
        AppDomain.CurrentDomain.ProcessExit -= EndWithTheProcess;
        AppDomain.CurrentDomain.UnhandledException -= EndWithTheProcess;
    }
}
