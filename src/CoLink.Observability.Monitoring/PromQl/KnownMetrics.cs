using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>Every series there can be, by its name as queries write it.</summary>
internal sealed class KnownMetrics
{
    /// <summary>Labels of a target: discovery or the scrape configuration sets them on all its series.</summary>
    public static readonly string[] TargetLabels = ["cluster", "namespace", "job", "instance", "pod", "container", "node", "service"];

    private static readonly string[] RecordedLabels = ["cluster", "namespace", "job", "slo", "consumergroup", "topic"];

    private static readonly HashSet<string> ExporterJobs = [.. AllExporters.All.Select(exporter => exporter.Job)];

    private readonly Dictionary<string, KnownMetric> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownMetric> _ofExporters = new(StringComparer.Ordinal);

    public KnownMetrics(RuleContext context)
    {
        foreach (var metric in MetricCatalogue.All.Where(metric => metric.Stability == MetricStability.Stable))
            Add(metric);
        foreach (var metric in AllExporters.Metrics)
            Add(metric);
        foreach (var rule in RuleGroups.Of(context).SelectMany(group => group.Rules).OfType<RecordingRule>())
            _byName[rule.Record] = new KnownMetric(rule.Record, MetricOrigin.Recorded, Open(RecordedLabels));
    }

    /// <summary>What a selector asks for. The Redis exporter and the services share a name: the job tells whose it is.</summary>
    public KnownMetric? Find(Selector selector) =>
        selector.Matchers.Any(matcher => matcher is { Label: "job", Operator: "=" } && ExporterJobs.Contains(matcher.Value)) && _ofExporters.TryGetValue(selector.Metric, out var foreign)
            ? foreign
            : _byName.GetValueOrDefault(selector.Metric) ?? _ofExporters.GetValueOrDefault(selector.Metric);

    private void Add(MetricDefinition metric)
    {
        var labels = metric.Labels.ToDictionary(label => label.Name, label => label.Values, StringComparer.Ordinal);
        if (metric.Kind != MetricKind.Histogram)
        {
            _byName[metric.Name] = new KnownMetric(metric.Name, MetricOrigin.Service, labels);
            return;
        }

        foreach (var suffix in new[] { "_sum", "_count" })
            _byName[metric.Name + suffix] = new KnownMetric(metric.Name + suffix, MetricOrigin.Service, labels);
        _byName[metric.Name + "_bucket"] = new KnownMetric(
            metric.Name + "_bucket", MetricOrigin.Service, new Dictionary<string, IReadOnlyList<string>>(labels, StringComparer.Ordinal) { ["le"] = [] });
    }

    private void Add(ExporterMetric metric)
    {
        if (metric.Type != "histogram")
        {
            _ofExporters[metric.Name] = new KnownMetric(metric.Name, MetricOrigin.Exporter, Open(metric.Labels));
            return;
        }

        foreach (var suffix in new[] { "_sum", "_count", "_bucket" })
            _ofExporters[metric.Name + suffix] = new KnownMetric(metric.Name + suffix, MetricOrigin.Exporter, Open([.. metric.Labels, "le"]));
    }

    private static Dictionary<string, IReadOnlyList<string>> Open(IEnumerable<string> labels) =>
        labels.ToDictionary(label => label, _ => (IReadOnlyList<string>)[], StringComparer.Ordinal);
}
