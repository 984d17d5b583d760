using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Sends what is in the spool, oldest first, beside what is new. While Loki takes nothing it is the one who asks whether it does
/// again; what was sent under its own stream already is asked first, before anything newer can get ahead of it there.
/// </summary>
internal sealed class Replay(SpoolDoor door, LokiClient client, LogLedger ledger, LokiHealth health, TimeProvider time) : IDisposable
{
    /// <summary>How long what is in the spool waits at most for the disk.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PushBody _body = new();
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private SpoolPayload? _payload;
    private Delivery? _delivery;
    private long _oldest = long.MaxValue;

    /// <summary>When the oldest event in hands was made, in nanoseconds; the largest number where there is none.</summary>
    public long Oldest => Interlocked.Read(ref _oldest);

    /// <summary>There is something in the spool.</summary>
    public void Nudge()
    {
        if (_nudged.CurrentCount == 0)
        {
            try
            {
                _nudged.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else has.
            }
        }
    }

    /// <summary>Sends until the end begins, and puts back then what it has in hands.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                await TurnSafelyAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            PutBack();
        }
    }

    public void Dispose()
    {
        _body.Dispose();
        _nudged.Dispose();
    }

    private async Task TurnSafelyAsync(CancellationToken stop)
    {
        try
        {
            await TurnAsync(stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // Such as no memory. A loop that ended would end in silence, with the spool filling behind it.
            health.Failed(new PushAnswer(PushVerdict.Later, 0, exception.Message));
            await DelayAsync(Pause, stop);
        }
    }

    private async Task TurnAsync(CancellationToken stop)
    {
        var spool = door.Open();
        spool?.Flush();
        if (health.Wait is var wait && wait > TimeSpan.Zero)
        {
            await DelayAsync(wait < Pause ? wait : Pause, stop);
        }
        else if (spool is null || (_payload is null && !TryTake(spool)))
        {
            await WaitAsync(stop);
        }
        else if (await RunAsync(_delivery!, stop))
        {
            End(spool);
        }
    }

    private bool TryTake(LogSpool spool)
    {
        while (spool.TryTake(out var payload))
        {
            try
            {
                var batch = Decode(payload);
                var lane = StreamLabels.InLane(batch.Labels, ReplayLane.Of(batch.Oldest));
                var delivery = new Delivery(batch, batch.Labels, client, _body, ledger, health, time) { Lane = lane, MayBeStored = payload.Header.Attempted };
                if (!payload.Header.Attempted)
                    delivery.TakeLane();
                (_payload, _delivery) = (payload, delivery);
                Interlocked.Exchange(ref _oldest, batch.Oldest);
                return true;
            }
            catch (InvalidDataException)
            {
                // Whole by its checksum and yet none of ours: of another version, or somebody wrote it.
                ledger.Settled(LogFate.DroppedSpool, payload.Header.Entries);
                spool.Complete(payload);
            }
            catch (Exception)
            {
                // Such as no memory for it now.
                spool.GiveBack(payload);
                throw;
            }
        }

        return false;
    }

    private static PushBatch Decode(SpoolPayload payload)
    {
        var batch = PushBody.Decode(payload.Body);
        if (batch.Count == payload.Header.Entries)
            return batch;

        // The ledger goes by the header, and a batch of nothing can neither be sent nor put back.
        batch.Dispose();
        throw new InvalidDataException("The payload holds more or fewer events than it says.");
    }

    private async Task<bool> RunAsync(Delivery delivery, CancellationToken stop)
    {
        try
        {
            return await delivery.RunAsync(stop);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Such as no memory for the body. What is in hands stays there.
            health.Failed(new PushAnswer(PushVerdict.Later, 0, exception.Message));
            return false;
        }
    }

    private void PutBack()
    {
        if (_payload is null || door.Spool is not { } spool)
            return;
        // Where some have met their fate only the others go back; and where the disk has no room for them, all: Loki ignores what it has.
        if (_delivery!.Remaining < _payload.Header.Entries && _delivery.Spool(spool))
            spool.Complete(_payload);
        else
            spool.GiveBack(_payload, settled: _payload.Header.Entries - _delivery.Remaining);

        Forget();
    }

    private void End(LogSpool spool)
    {
        spool.Complete(_payload!);
        Forget();
    }

    private void Forget()
    {
        _delivery!.Dispose();
        (_payload, _delivery) = (null, null);
        Interlocked.Exchange(ref _oldest, long.MaxValue);
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pause = DelayAsync(Pause, either.Token);
        await Task.WhenAny(_nudged.WaitAsync(either.Token), pause);
        await either.CancelAsync();
    }

    private Task DelayAsync(TimeSpan wait, CancellationToken stop) => Task.Delay(wait, time, stop);
}
