using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Sends what is in the spool, oldest first, beside what is new. While Loki takes nothing it is the one who asks whether it does
/// again; what was sent under its own stream already is asked first, before anything newer can get ahead of it there.
/// </summary>
internal sealed class Replay(SpoolDoor door, LokiClient client, LogLedger ledger, LokiHealth health, TimeProvider time) : IDisposable
{
    /// <summary>How long what is in the spool waits at most for the disk.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly PushBody _body = new();
    private readonly Bell _bell = new();
    private SpoolPayload? _payload;
    private Delivery? _delivery;
    private long _oldest = long.MaxValue;

    /// <summary>When the oldest event in hands was made, in nanoseconds; the largest number where there is none.</summary>
    public long Oldest => Interlocked.Read(ref _oldest);

    /// <summary>There is something in the spool.</summary>
    public void Nudge() => _bell.Ring();

    /// <summary>Sends until the end begins, and puts back then what it has in hands. It blocks.</summary>
    public int Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                TurnSafely(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            PutBack();
            return 0;
        }
    }

    public void Dispose() => _body.Dispose();

    private void TurnSafely(CancellationToken stop)
    {
        try
        {
            Turn(stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // Such as no memory. A loop that ended would end in silence, with the spool filling behind it.
            health.Failed(new PushAnswer(PushVerdict.Later, 0, exception.Message));
            BlockingDelay.TryFor(Longest, time, stop);
        }
    }

    private void Turn(CancellationToken stop)
    {
        var spool = door.Open();
        spool?.Flush();
        if (health.Wait is var wait && wait > TimeSpan.Zero)
        {
            BlockingDelay.TryFor(wait < Longest ? wait : Longest, time, stop);
        }
        else if (spool is null || (_payload is null && !TryTake(spool)))
        {
            Wait(stop);
        }
        else if (Run(_delivery!, stop))
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

    private bool Run(Delivery delivery, CancellationToken stop)
    {
        try
        {
            return delivery.Run(stop);
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

    private void Wait(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        using var timer = time.CreateTimer(_ => _bell.Ring(), null, Longest, Timeout.InfiniteTimeSpan);
        using var end = _bell.RungBy(stop);
        while (!_bell.Wait(BlockingDelay.Patience) && time.GetElapsedTime(began) < Longest)
        {
        }
    }
}
