namespace CoLink.Observability.Registry;

/// <summary>
/// Which records of a series become an exemplar: the first of each bucket after a scrape. A scrape reads one a bucket, and to make one
/// costs several times what the record does.
/// </summary>
/// <remarks>Two that take at once both get it; the bucket keeps the later one.</remarks>
/// <param name="bounds">The buckets' upper bounds, ascending; none for a counter, which has one place.</param>
/// <param name="rounds">When they are offered again.</param>
internal sealed class ExemplarOffers(double[] bounds, ScrapeRounds rounds)
{
    /// <summary>The round in which each bucket took its last.</summary>
    private readonly int[] _taken = new int[bounds.Length + 1];

    /// <summary>Whether the bucket of this value takes an exemplar; then it has one.</summary>
    public bool TryTake(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        var round = rounds.Current;
        if (_taken[bucket] == round)
            return false;
        _taken[bucket] = round;
        return true;
    }
}
