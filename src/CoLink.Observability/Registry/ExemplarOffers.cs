namespace CoLink.Observability.Registry;

/// <summary>
/// Which observations of a histogram's series become an exemplar: the first of each bucket after a scrape. A scrape reads one a bucket,
/// and to make one costs several times what the observation does.
/// </summary>
/// <remarks>Two that take at once both get it; the bucket keeps the later one.</remarks>
internal sealed class ExemplarOffers(IReadOnlyList<double> buckets)
{
    private readonly double[] _bounds = [.. buckets];
    private readonly bool[] _isTaken = new bool[buckets.Count + 1];

    /// <summary>A scrape begins: each bucket takes one again.</summary>
    public void Offer() => Array.Clear(_isTaken);

    /// <summary>Whether the bucket of this value takes an exemplar; then it has one.</summary>
    public bool TryTake(double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
            bucket++;
        if (_isTaken[bucket])
            return false;
        _isTaken[bucket] = true;
        return true;
    }
}
