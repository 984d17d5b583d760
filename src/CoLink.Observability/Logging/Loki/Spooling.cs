using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Logging.Loki;

/// <summary>The way from the shipper's hands into the spool, before a push or after one that failed. <see cref="Replay"/> is the way out.</summary>
/// <param name="door">Has the spool.</param>
/// <param name="body">The shipper's: what is written ahead is what is sent.</param>
/// <param name="writesAhead">Whether each push is written before it is sent.</param>
/// <param name="replay">Sends what is there.</param>
internal sealed class Spooling(SpoolDoor door, PushBody body, bool writesAhead, Replay replay)
{
    private SpoolPayload? _written;

    public Replay Replay => replay;

    /// <summary>Writes a batch that is about to be sent.</summary>
    public void WriteAhead(PushBatch batch)
    {
        var header = new SpoolHeader(batch.Count, batch.Oldest, batch.Newest, Attempted: true);
        if (writesAhead && _written is null && door.Open() is { } spool && spool.TryHold(body.Encode(batch, batch.Labels, 0, batch.Count).Span, header, out var written))
            _written = written;
    }

    /// <summary>Takes what remains of a batch; false where it cannot.</summary>
    public bool TryTake(Delivery delivery)
    {
        if (door.Open() is not { } spool)
            return false;
        if (_written is not null && delivery.Remaining == _written.Header.Entries)
        {
            spool.GiveBack(_written);
            _written = null;
            delivery.LetGo();
        }
        else if (!delivery.Spool(spool))
        {
            return false;
        }

        replay.Nudge();
        return true;
    }

    /// <summary>The batch has met its fate, or its rest has been taken: what was written ahead is not sent again.</summary>
    public void End()
    {
        if (_written is not null)
            door.Spool?.Complete(_written);
        _written = null;
    }
}
