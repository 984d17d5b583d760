namespace CoLink.Observability.Registry;

/// <summary>
/// A refresh that calls code of the app, on a task of its own and one at a time. One that hangs holds one thread, however many
/// scrapes come: they wait until the patience since its beginning is over, later ones not at all, and its metrics keep their last
/// values. Counted from its beginning, because a scraper may itself be less patient, and would never see the end of a wait of its own.
/// </summary>
internal sealed class AppRefresh(Action refresh, Action<Exception> failed, TimeProvider time)
{
    /// <summary>Half of Prometheus' default time-out: the other half is for the writing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private long _started;
    private Task? _toldOf;

    /// <summary>Ends with the refresh or the patience, and never fails but by the cancellation.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (running, patience) = Begin();
        try
        {
            await running.WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            if (IsFirstToGiveUp(running))
                failed(new TimeoutException($"It did not end within {Patience}: a callback of the app hangs. Until it returns, the scrapes show the last values."));
        }
    }

    /// <summary>The refresh that runs, or else a new one, and what is left of its patience.</summary>
    private (Task Running, TimeSpan Patience) Begin()
    {
        lock (_gate)
        {
            if (_running.IsCompleted)
            {
                _started = time.GetTimestamp();
                _running = Task.Run(Refresh, CancellationToken.None);
            }

            var left = Patience - time.GetElapsedTime(_started);
            return (_running, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private bool IsFirstToGiveUp(Task running)
    {
        lock (_gate)
        {
            if (running == _toldOf)
                return false;
            _toldOf = running;
            return true;
        }
    }

    private void Refresh()
    {
        try
        {
            refresh();
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }
}
