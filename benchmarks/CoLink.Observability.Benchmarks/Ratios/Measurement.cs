using System.Globalization;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <param name="Nanoseconds">Time an operation.</param>
/// <param name="Bytes">Allocated an operation.</param>
internal readonly record struct Measurement(double Nanoseconds, double Bytes)
{
    public static Measurement operator -(Measurement left, Measurement right) => new(left.Nanoseconds - right.Nanoseconds, left.Bytes - right.Bytes);

    public static Measurement Median(IReadOnlyCollection<Measurement> turns) =>
        new(Median(turns.Select(turn => turn.Nanoseconds)), Median(turns.Select(turn => turn.Bytes)));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }

    public static Measurement Parse(string text)
    {
        var parts = text.Split(' ');
        return new Measurement(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds:F2} {Bytes:F2}");
}
