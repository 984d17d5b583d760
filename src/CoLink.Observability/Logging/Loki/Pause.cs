namespace CoLink.Observability.Logging.Loki;

/// <summary>A wait by the host's clock that blocks, on the threads that have nothing else to do.</summary>
internal static class Pause
{
    /// <returns>False where it was cut short.</returns>
    public static bool TryFor(TimeSpan wait, TimeProvider time, CancellationToken cut)
    {
        try
        {
            Task.Delay(wait, time, cut).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
