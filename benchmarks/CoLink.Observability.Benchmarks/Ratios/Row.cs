using System.Globalization;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>One line of the table. A ratio is ours by the peer's; met is null where there is no budget.</summary>
internal sealed record Row(string Work, string Ours, string Peer, string Bare, double? Ratio, string Budget, bool? Met)
{
    public string[] Cells =>
    [
        Work, Ours, Peer, Bare, Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", Budget, Met switch { true => "yes", false => "NO", null => "" },
    ];

    public static string Nanoseconds(double value) => value.ToString("#,0", CultureInfo.InvariantCulture) + " ns";

    public static string Milliseconds(double nanoseconds) => (nanoseconds / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    public static string Bytes(double value) => value.ToString("#,0", CultureInfo.InvariantCulture) + " B";

    public static string Cost(Measurement measurement) => $"{Nanoseconds(measurement.Nanoseconds)}, {Bytes(measurement.Bytes)}";

    public static string Added(Measurement measurement) => $"+{Nanoseconds(measurement.Nanoseconds)}, +{Bytes(measurement.Bytes)}";
}
