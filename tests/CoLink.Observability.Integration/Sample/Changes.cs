using System.Globalization;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>What became of the counters between two scrapes, as lines to compare with what was done.</summary>
internal sealed class Changes(Scrape before, Scrape after)
{
    public Scrape After => after;

    /// <summary>Each series that is not 0, as its label values and its value, in order.</summary>
    public static string[] Values(Scrape scrape, string name) => Lines(scrape.All(name), series => series.Value);

    /// <summary>Each series that rose, as its label values and by how much, in order.</summary>
    public string[] Of(string name) => Lines(after.All(name), series => series.Value - ValueBefore(series));

    public double Sum(string name) => after.Sum(name) - before.Sum(name);

    private static string[] Lines(IEnumerable<Scrape.SampleLine> all, Func<Scrape.SampleLine, double> value) =>
    [
        .. all.Where(series => value(series) != 0)
            .Select(series => string.Join(' ', series.Labels.Values.Append(value(series).ToString(CultureInfo.InvariantCulture))))
            .Order(StringComparer.Ordinal),
    ];

    private double ValueBefore(Scrape.SampleLine series) => before.Value(series.Name, [.. series.Labels.Select(label => (label.Key, label.Value))]) ?? 0;
}
