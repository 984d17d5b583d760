namespace CoLink.Observability.Logging.Loki;

/// <summary>Wakes the one thread that waits for it, now or when it waits next: several times is once. Nothing of the pool has a part in it.</summary>
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

    /// <summary>Blocks until it is rung, or until so much time has passed.</summary>
    public void Wait(TimeSpan patience)
    {
        lock (_gate)
        {
            if (!_isRung)
                Monitor.Wait(_gate, patience);
            _isRung = false;
        }
    }
}
