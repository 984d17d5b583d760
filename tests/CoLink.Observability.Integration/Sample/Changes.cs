using System.Globalization;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>What became of the counters between two scrapes, as lines to compare with what was done.</summary>
internal sealed class Changes(Scrape before, Scrape after)
{
    public Scrape After => after;

    /// <summary>Each series that rose, as its label values and by how much, in order.</summary>
    public string[] Of(string name, params (string Name, string Value)[] labels) =>
    [
        .. after.All(name, labels).Select(series => (series.Labels, Rise: series.Value - Before(series)))
            .Where(series => series.Rise != 0)
            .Select(series => string.Join(' ', series.Labels.Values.Append(series.Rise.ToString(CultureInfo.InvariantCulture))))
            .Order(StringComparer.Ordinal),
    ];

    public double Sum(string name, params (string Name, string Value)[] labels) => after.Sum(name, labels) - before.Sum(name, labels);

    private double Before(Scrape.SampleLine series) => before.Value(series.Name, [.. series.Labels.Select(label => (label.Key, label.Value))]) ?? 0;
}
