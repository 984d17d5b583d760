namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// How long to wait after failures in a row: any time up to half a second, a second, two, and so on up to a minute, so that the
/// replicas that failed together do not come back together.
/// </summary>
internal sealed class Backoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>What Loki asks for is done, but a mistyped hour would be an hour without logs.</summary>
    public static readonly TimeSpan LongestAskedFor = TimeSpan.FromMinutes(5);

    private int _failures;

    public TimeSpan Next(TimeSpan? askedFor)
    {
        var most = Math.Min(First.TotalSeconds * Math.Pow(2, _failures), Longest.TotalSeconds);
        _failures = Math.Min(_failures + 1, 30);
        var wait = TimeSpan.FromSeconds(most * random.NextDouble());
        return askedFor is { } asked && asked > wait ? TimeSpan.FromTicks(Math.Min(asked.Ticks, LongestAskedFor.Ticks)) : wait;
    }

    public void Reset() => _failures = 0;
}
