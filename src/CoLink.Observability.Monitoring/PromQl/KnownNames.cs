using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>Every name that a query may ask for: what the services have, what the exporters have, and what the rules record.</summary>
internal static class KnownNames
{
    public static IReadOnlySet<string> Of(RuleContext context) => new HashSet<string>(
    [
        .. MetricCatalogue.All.Where(metric => metric.Stability == MetricStability.Stable).SelectMany(metric => Series(metric.Name, metric.Kind == MetricKind.Histogram)),
        .. AllExporters.Metrics.SelectMany(metric => Series(metric.Name, metric.Type == "histogram")),
        .. RuleGroups.Of(context).SelectMany(group => group.Rules).OfType<RecordingRule>().Select(rule => rule.Record),
    ], StringComparer.Ordinal);

    /// <summary>A histogram's own name is none of its series.</summary>
    private static IEnumerable<string> Series(string name, bool histogram) => histogram ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : [name];
}
