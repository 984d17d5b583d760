namespace CoLink.Observability.Cache;

/// <summary>
/// Whether one read of a hybrid cache asked the source. It serves one read after the other, each with a turn of its own: a cache
/// may ask for a read that has long been answered, to be fresh for the next, and that is no miss of anybody's.
/// </summary>
internal sealed class HybridRead
{
    /// <summary>Even while a read has not asked, odd when it has.</summary>
    private long _turn;

    public long Turn => Volatile.Read(ref _turn);

    /// <summary>The source is asked; false where the read is over, or has asked before.</summary>
    public bool Ask(long turn) => Interlocked.CompareExchange(ref _turn, turn + 1, turn) == turn;

    /// <summary>The read is over; true where it has not asked.</summary>
    public bool End(long turn)
    {
        if (Interlocked.CompareExchange(ref _turn, turn + 2, turn) == turn)
            return true;
        Volatile.Write(ref _turn, turn + 2);
        return false;
    }
}
