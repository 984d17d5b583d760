namespace CoLink.Observability.StackExchangeRedis;

/// <summary>Counts the ticks to leave out after failures in a row: one, then three, then seven, until the time between two tries is <see cref="Longest"/>.</summary>
internal sealed class Backoff(TimeSpan interval)
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>At least 1, where the interval itself is longer.</summary>
    private readonly int _most = (int)Math.Max(1, Longest / interval);

    private int _failures;
    private int _leftOut;

    /// <summary>Whether this tick is one to try at.</summary>
    public bool IsDue()
    {
        if (_leftOut == 0)
            return true;
        _leftOut--;
        return false;
    }

    public void Failed()
    {
        _failures = Math.Min(_failures + 1, 30);
        _leftOut = Math.Min(1 << _failures, _most) - 1;
    }

    public void Succeeded() => (_failures, _leftOut) = (0, 0);
}
