namespace CoLink.Observability.Logging.Loki;

/// <summary>A wait by the host's clock that blocks, for the threads that have nothing else to do.</summary>
internal static class BlockingDelay
{
    /// <summary>A timer comes by the pool, which may be starved: the clock is asked at least this often.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>False where it was cut short.</returns>
    public static bool TryFor(TimeSpan wait, TimeProvider time, CancellationToken cut)
    {
        var (began, bell) = (time.GetTimestamp(), new Bell());
        using var timer = time.CreateTimer(_ => bell.Ring(), null, wait, Timeout.InfiniteTimeSpan);
        using var end = bell.RungBy(cut);
        while (!cut.IsCancellationRequested && wait - time.GetElapsedTime(began) is { Ticks: > 0 } left)
            bell.Wait(left < Patience ? left : Patience);
        return !cut.IsCancellationRequested;
    }
}
