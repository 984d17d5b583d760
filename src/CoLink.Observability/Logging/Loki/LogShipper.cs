using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Carries events from the queue to Loki, in one loop: takes them, makes batches, delivers one batch at a time. While Loki takes
/// nothing, batches go to the spool, from where <see cref="Replay"/> sends them again; without one the batch in hands waits, and
/// behind it the queue fills. The loop has a thread of its own, which blocks: so lines leave a service whose pool is starved, as long as
/// a plain connection stands, and fewer threads of the pool are woken for a push, to spin before they rest.
/// </summary>
internal sealed class LogShipper : IAsyncDisposable
{
    private const int MostAtOnce = 256;

    private readonly OpenBatches _batches;
    private readonly LokiClient _client;
    private readonly LokiHealth _health;
    private readonly ShipperReport _report;
    private readonly TimeProvider _time;
    private readonly TimeSpan _period;

    /// <summary>More than this do not wait in the queue for a batch to be full: others come while they are taken.</summary>
    private readonly int _mostQueued;

    private readonly PushBody _body = new();
    private readonly LogEvent[] _taken;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly CancellationToken _stop;
    private readonly CancellationToken _giveUp;
    private readonly Lock _gate = new();
    private bool _isPeriodOver;
    private long _periodBegan;
    private long _oldest = long.MaxValue;
    private readonly Spooling? _spooling;
    private Delivery? _delivery;
    private Task<int>? _running;
    private Task _replaying = Task.CompletedTask;
    private Task? _ending;

    /// <param name="address">Where pushes go.</param>
    /// <param name="options">How.</param>
    /// <param name="labels">Which stream an event is in.</param>
    /// <param name="write">Makes its line.</param>
    /// <param name="time">The host's clock.</param>
    /// <param name="random">Spreads the tries of replicas that failed together.</param>
    /// <param name="logger">For what there is to say.</param>
    public LogShipper(Uri address, LokiOptions options, StreamLabels labels, LineWriter write, TimeProvider time, Random random, ILogger logger)
    {
        var shown = address.GetLeftPart(UriPartial.Path);
        Sink = new LokiSink(Ledger, options.QueueLimit);
        (_time, _period) = (time, options.BatchPeriod);
        _client = new LokiClient(address, options, time);
        _health = new LokiHealth(shown, time, random, logger);
        _report = new ShipperReport(Sink, Ledger, shown, time, logger);
        _batches = new OpenBatches(labels, write, options.BatchSize, options.BatchBytes, Ledger, _health);
        _mostQueued = options.QueueLimit / 2;
        _taken = new LogEvent[Math.Min(options.BatchSize, MostAtOnce)];
        (_stop, _giveUp) = (_stopping.Token, _givingUp.Token);
        if (options.SpoolDirectory is { } directory)
        {
            Door = new SpoolDoor(directory, options.SpoolMaxBytes, Ledger, time, logger);
            _spooling = new Spooling(Door, _body, options.WriteAhead, new Replay(Door, _client, Ledger, _health, time));
        }

        _timer = time.CreateTimer(_ => EndPeriod(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where events are handed in.</summary>
    public LokiSink Sink { get; }

    /// <summary>What became of them.</summary>
    public LogLedger Ledger { get; } = new();

    /// <summary>Where what cannot be delivered waits; null where no directory is set.</summary>
    public SpoolDoor? Door { get; }

    /// <summary>What the end may take beyond its bound, where somebody else's code does not return.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Why Loki takes no pushes; null while it does.</summary>
    public string? WhyFailing => _health.WhyFailing;

    /// <summary>When a push was last taken; null until one was.</summary>
    public DateTimeOffset? LastSuccess => _health.LastSuccess;

    /// <summary>When the oldest event was made that has met no fate yet; null where there is none.</summary>
    public DateTimeOffset? OldestHeld
    {
        get
        {
            // In the order in which an event passes them, so that one that moves meanwhile is found.
            var queued = Sink.Oldest;
            var inHands = Math.Min(Interlocked.Read(ref _oldest), Math.Min(_spooling?.Replay.Oldest ?? long.MaxValue, Door?.Spool?.OldestNanoseconds ?? long.MaxValue));
            if (inHands == long.MaxValue)
                return queued;
            var made = LokiTime.From(inHands);
            return queued < made ? queued : made;
        }
    }

    /// <param name="pushed">Told of each push: its result as the metrics have it, how long it took, and why it failed where it did.</param>
    public void OnPush(Action<string, TimeSpan, PushFailure?> pushed) => _client.Pushed = pushed;

    public void Start()
    {
        lock (_gate)
        {
            if (_running is not null)
                return;
            _running = OwnThread.Start("CoLink Loki", Run);
            if (_spooling is not null)
                _replaying = OwnThread.Start("CoLink Loki replay", () => _spooling.Replay.Run(_stop));
        }
    }

    /// <summary>Delivers what is held; what is not delivered by then is dropped and counted, and so is what is logged from here on.</summary>
    /// <param name="bound">How long it may take, whatever Loki does.</param>
    public Task StopAsync(TimeSpan bound)
    {
        lock (_gate)
            return _ending ??= Task.Run(() => EndAsync(bound));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await _timer.DisposeAsync();
        Door?.Dispose();
        _client.Dispose();
        if (_running is not { IsCompleted: true })
            return;
        _batches.Dispose();
        _body.Dispose();
        if (_replaying.IsCompleted)
            _spooling?.Replay.Dispose();
        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private async Task EndAsync(TimeSpan bound)
    {
        Start();
        Sink.Close();
        await _stopping.CancelAsync();

        // Woken before that, it would find that this is not the end.
        Sink.Wake();
        await using var timer = _time.CreateTimer(_ => _givingUp.Cancel(), null, bound, Timeout.InfiniteTimeSpan);
        try
        {
            _report.LostAtTheEnd(await _running!.WaitAsync(bound + Grace, _time), bound);
            await _replaying.WaitAsync(Grace, _time);
        }
        catch (TimeoutException)
        {
            // What it holds is still counted as held, which is true.
        }
    }

    /// <summary>Returns how many events were left.</summary>
    private int Run()
    {
        for (var goesOn = true; goesOn;)
        {
            try
            {
                goesOn = Turn();
            }
            catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
            {
                // There is no more time.
                goesOn = false;
            }
            catch (Exception exception)
            {
                // Such as no memory. What is in hands stays there, and a loop that ended would end in silence.
                _health.Failed(new PushAnswer(PushVerdict.Later, 0, exception.Message));
                goesOn = !_giveUp.IsCancellationRequested;
                BlockingDelay.TryFor(_health.Wait, _time, _giveUp);
            }
        }

        return Leave();
    }

    /// <summary>False where there is nothing left and nothing will come.</summary>
    private bool Turn()
    {
        // Asked first: what was handed in before is in the queue.
        var isLast = _stop.IsCancellationRequested;
        while (_delivery is null && Take() && !_batches.HasClosed)
        {
        }

        if (Interlocked.Exchange(ref _isPeriodOver, false) || isLast)
            _batches.CloseAll();

        // In hands already where the turn before ended with an exception.
        if (_delivery is not null || _batches.HasClosed)
        {
            Ship();
            return true;
        }

        _report.QueueHasRoom();
        if (!isLast)
            Wait();
        return !isLast;
    }

    private void Wait()
    {
        // A period that is over ends by its timer; where the pool is starved and that does not come, somewhat later.
        Sink.WaitFor(Math.Min(_batches.Room, _mostQueued), _batches.HasOpen ? BlockingDelay.Patience : Timeout.InfiniteTimeSpan);
        if (_batches.HasOpen && _time.GetElapsedTime(_periodBegan) >= _period + BlockingDelay.Patience)
            Volatile.Write(ref _isPeriodOver, true);
    }

    private bool Take()
    {
        // Before it leaves the queue: there is no moment at which it is in neither.
        if (Sink.Oldest is { } next)
            Interlocked.Exchange(ref _oldest, Math.Min(_oldest, LokiTime.Of(next)));
        var taken = Sink.Take(_taken);
        if (taken == 0)
            return false;
        if (!_batches.HasOpen)
        {
            _periodBegan = _time.GetTimestamp();
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
        }

        _batches.Add(_taken.AsSpan(0, taken));
        Array.Clear(_taken);
        NoteOldest();
        return true;
    }

    private void Ship()
    {
        while (_delivery is not null || HasNext())
        {
            // While Loki takes nothing, the replay is the one who asks it, and what is new waits behind what is old.
            if (!_health.IsFailing || !IsSpooled(_delivery!))
            {
                _spooling?.WriteAhead(_delivery!.Batch);
                while (!Run(_delivery!) && !IsSpooled(_delivery!))
                    WaitForNextTry();
            }

            EndDelivery();
        }
    }

    private bool HasNext()
    {
        if (_batches.Take() is not { } batch)
            return false;
        _delivery = new Delivery(batch, batch.Labels, _client, _body, Ledger, _health, _time);
        return true;
    }

    private bool IsSpooled(Delivery delivery) => _spooling?.TryTake(delivery) == true;

    private void EndDelivery()
    {
        _spooling?.End();
        _delivery!.Dispose();
        _delivery = null;
        NoteOldest();
    }

    private bool Run(Delivery delivery)
    {
        try
        {
            return delivery.Run(_giveUp);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Such as no memory for the body. What is in hands stays there.
            _health.Failed(new PushAnswer(PushVerdict.Later, 0, exception.Message));
            return false;
        }
        finally
        {
            NoteOldest();
        }
    }

    /// <summary>What becomes of a batch that can neither be delivered now nor written to a spool.</summary>
    private void WaitForNextTry()
    {
        // Where the end begins meanwhile, it is tried at once; where there is no more time, it is over.
        var isLast = _stop.IsCancellationRequested;
        if (!BlockingDelay.TryFor(_health.Wait, _time, isLast ? _giveUp : _stop) && isLast)
            throw new OperationCanceledException(_giveUp);
    }

    /// <summary>What becomes of what is held when there is no more time: it goes to the spool, or is dropped where there is none.</summary>
    private int Leave()
    {
        var left = 0;
        if (_delivery is not null)
            left += Leave(_delivery);
        if (Door?.Spool is null)
        {
            for (int taken; (taken = Sink.Take(_taken)) > 0;)
                left += Drop(taken);
        }
        else
        {
            while (Take())
            {
            }
        }

        _batches.CloseAll();
        while (HasNext())
            left += Leave(_delivery!);

        Door?.Spool?.Flush();
        return left;
    }

    private int Leave(Delivery delivery)
    {
        var left = IsSpooled(delivery) ? 0 : delivery.Give(LogFate.DroppedShutdown);
        EndDelivery();
        return left;
    }

    private int Drop(int events)
    {
        Ledger.Settled(LogFate.DroppedShutdown, events);
        return events;
    }

    private void NoteOldest() => Interlocked.Exchange(ref _oldest, Math.Min(_batches.Oldest, _delivery?.Oldest ?? long.MaxValue));

    private void EndPeriod()
    {
        Volatile.Write(ref _isPeriodOver, true);
        Sink.Wake();
    }
}
