using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>What is in the directory. A file or a folder of which nothing is rendered has no line.</summary>
internal static class Contents
{
    /// <summary>In the order in which a reader wants them; a folder ends in a slash.</summary>
    public static readonly (string Path, string Meaning)[] Known =
    [
        (PlatformFile.Name, "what is monitored: services, thresholds, retention, receivers, links; the one file to edit"),
        (RuleFile.Path, "recording rules, objectives and alerts"),
        ("prometheus.yml", "what Prometheus scrapes and how it finds it"),
        ("alertmanager.yml", "who is told, and what keeps what silent"),
        ("grafana-dashboards/", "the dashboards"),
        ("runbooks/", "a page an alert: impact, first check, mitigation"),
        (SloDocument.Path, "indicators, objectives and budgets, service by service"),
        (OperationsDocument.Path, "what to do with an alert, and how to run all of this"),
        ("docker-compose.yml", "everything on one machine"),
        ("grafana/", "data sources and dashboards as Grafana is given them"),
        ("compose/", "files that the compose file mounts"),
        ("prometheus-values.yaml", "values for kube-prometheus-stack"),
        ("loki-values.yaml", "values for Loki"),
        ("alloy-values.yaml", "values for Alloy, which ships standard output"),
        ("tempo-values.yaml", "values for Tempo"),
        ("otel-collector.yaml", "the collector's configuration, with its queue on disk"),
        ("kubernetes/", "ServiceMonitors, the PrometheusRule, NetworkPolicies and the dashboards as ConfigMaps"),
        (Readme.Path, "this page"),
    ];

    public static string Table(IReadOnlyList<string> rendered) => Markdown.Table(["file", "what it is"], Known
        .Where(entry => entry.Path is PlatformFile.Name or Readme.Path || rendered.Any(path => Holds(entry.Path, path)))
        .Select(entry => new[] { Markdown.Link(entry.Path, entry.Path), entry.Meaning }));

    public static bool Holds(string entry, string path) => entry.EndsWith('/') ? path.StartsWith(entry, StringComparison.Ordinal) : path == entry;
}
