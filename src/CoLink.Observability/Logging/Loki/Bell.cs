namespace CoLink.Observability.Logging.Loki;

/// <summary>Wakes the one thread that waits for it, now or when it waits next: several times is once. No thread of the pool has a part in it.</summary>
internal sealed class Bell
{
    private readonly object _gate = new();
    private bool _isRung;

    public void Ring()
    {
        lock (_gate)
        {
            _isRung = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Rings when the token is cancelled.</summary>
    public CancellationTokenRegistration RungBy(CancellationToken token) => token.UnsafeRegister(static bell => ((Bell)bell!).Ring(), this);

    /// <summary>Blocks until it is rung, or until so much time has passed.</summary>
    /// <returns>False where it was not rung.</returns>
    public bool Wait(TimeSpan patience)
    {
        lock (_gate)
        {
            if (!_isRung)
                Monitor.Wait(_gate, patience);
            var wasRung = _isRung;
            _isRung = false;
            return wasRung;
        }
    }
}
