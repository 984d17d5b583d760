using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry;

/// <summary>
/// The names that a family takes in an exposition: its own in OpenMetrics and those of its samples. Two families that share one
/// of them make the exposition ambiguous, whatever they are called.
/// </summary>
internal static class SampleNames
{
    public static string[] Of(string family, string type) => type switch
    {
        "counter" => [MetricUnits.FamilyName(family), MetricUnits.FamilyName(family) + "_total"],
        "histogram" => [family, family + "_bucket", family + "_sum", family + "_count"],
        "summary" => [family, family + "_sum", family + "_count"],
        _ => [family],
    };

    public static string[] Of(MetricDefinition metric) => Of(metric.Name, MetricNames.Lower(metric.Kind));
}
