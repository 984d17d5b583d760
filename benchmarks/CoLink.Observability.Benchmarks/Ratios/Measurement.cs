namespace CoLink.Observability.Benchmarks.Ratios;

/// <param name="Nanoseconds">Time an operation.</param>
/// <param name="Bytes">Allocated an operation.</param>
internal readonly record struct Measurement(double Nanoseconds, double Bytes)
{
    public static Measurement operator -(Measurement left, Measurement right) => new(left.Nanoseconds - right.Nanoseconds, left.Bytes - right.Bytes);

    /// <summary>A round that was disturbed is far off and does not move it.</summary>
    public static Measurement Median(IEnumerable<Measurement> rounds)
    {
        var all = rounds.ToArray();
        return new Measurement(Median(all.Select(round => round.Nanoseconds)), Median(all.Select(round => round.Bytes)));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
