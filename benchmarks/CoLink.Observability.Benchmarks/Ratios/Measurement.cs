using System.Globalization;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <param name="Nanoseconds">Time an operation.</param>
/// <param name="Bytes">Allocated an operation.</param>
internal readonly record struct Measurement(double Nanoseconds, double Bytes)
{
    public static Measurement operator -(Measurement left, Measurement right) => new(left.Nanoseconds - right.Nanoseconds, left.Bytes - right.Bytes);

    /// <summary>What the work costs while nothing else runs: neither on this core nor on its sibling, which shares its units.</summary>
    public static Measurement FirstDecile(IReadOnlyCollection<Measurement> turns) => Quantile(turns, 0.1);

    public static Measurement Parse(string text)
    {
        var parts = text.Split(' ');
        return new Measurement(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds:F2} {Bytes:F2}");

    private static Measurement Quantile(IReadOnlyCollection<Measurement> turns, double quantile) =>
        new(Quantile(turns.Select(turn => turn.Nanoseconds), quantile), Quantile(turns.Select(turn => turn.Bytes), 0.5));

    private static double Quantile(IEnumerable<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)((sorted.Length - 1) * quantile)];
    }
}
