namespace CoLink.Observability.Registry;

/// <summary>The time from one scrape of a registry to the next. The first round begins with the registry.</summary>
internal sealed class ScrapeRounds
{
    private int _current = 1;

    /// <summary>Its number; none has 0.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>A scrape has read what there is.</summary>
    public void Next() => Interlocked.Increment(ref _current);
}
