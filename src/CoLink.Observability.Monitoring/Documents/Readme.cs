using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Helm;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>The handbook, with what it says rendered from what is so.</summary>
internal static class Readme
{
    public const string Path = "README.md";

    /// <param name="rendered">The paths of all other files.</param>
    public static RenderedFile Render(RuleContext context, IReadOnlyList<string> rendered)
    {
        var (platform, limits) = (context.Platform, context.Limits);
        var alerts = AlertCatalogue.All(context);
        return new(Path, Template.Fill(Path, Template.Read("documents/README"), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["header"] = Headers.Rendered,
            ["contents"] = Contents.Table(rendered),
            ["kubePrometheusStack"] = Charts.KubePrometheusStack,
            ["lokiChart"] = Charts.Loki,
            ["alloyChart"] = Charts.Alloy,
            ["tempoChart"] = Charts.Tempo,
            ["namespace"] = platform.Namespace,
            ["jobs"] = context.Jobs,
            ["emailTo"] = platform.Receivers.EmailTo,
            ["dashboards"] = Markdown.Table(["dashboard", "what it answers"], DashboardId.All.Select(dashboard =>
                new[] { Markdown.Link(dashboard.Title, $"{platform.Links.Grafana}/d/{dashboard.Uid}"), Answers[dashboard.Uid] })),
            ["alerts"] = Markdown.Table(["about", "alerts"], AlertCatalogue.Groups(context).Select(group =>
                new[] { Markdown.Name(group.Name), Links(group.Alerts.Select(alert => alert.Name)) })),
            ["errorRatio"] = Number.Percent(limits.ErrorRatio),
            ["latency"] = Number.Format(limits.LatencyP95),
            ["cpu"] = Number.Percent(limits.Cpu),
            ["memory"] = Number.Percent(limits.Memory),
            ["health"] = Links(AvailabilityAlerts.Of(context).Select(alert => alert.Name).Where(name => name.Contains("Service", StringComparison.Ordinal))),
            ["errors"] = Named(alerts, "ErrorRate"),
            ["latencies"] = Named(alerts, "Latency"),
            ["resources"] = Links(SaturationAlerts.Of(context).Select(alert => alert.Name).Where(name => name.Contains("Cpu", StringComparison.Ordinal) || name.Contains("Memory", StringComparison.Ordinal))),
            ["pools"] = Named(alerts, "PoolExhausted"),
            ["lags"] = Named(alerts, "KafkaConsumer"),
            ["sockets"] = Named(alerts, "WebSocket"),
            ["breaches"] = Named(alerts, "ErrorBudget"),
            ["endpoints"] = Markdown.Table(["service", "address", "depends on"], platform.Services.Select(service =>
                new[] { service.Name, $"{(service.Scrape.Tls ? "https" : "http")}://{service.Name}:{service.Scrape.Port}/metrics", service.Dependencies.Count == 0 ? "nothing" : string.Join(", ", service.Dependencies) })),
            ["metrics"] = string.Join("\n\n", Families.Select(family => $"### {family.Title}\n\n{Metrics(family.Metrics)}")),
            ["exporters"] = Markdown.Table(["job", "port", "what it watches", "its versions"], AllExporters.Watched(platform).Select(exporter =>
                new[] { exporter.Job, Number.Format(exporter.Port), exporter.Watches, exporter.Version })),
            ["objectives"] = Objectives(platform),
            ["keys"] = Markdown.Table(["key", "default", "meaning"], PlatformKeys.All.Select(key =>
                new[] { Markdown.Name(key.Key), key.Default is "" or "none" ? key.Default : Markdown.Name(key.Default), key.Meaning })),
        }) + "\n");
    }

    private static readonly (string Title, IReadOnlyList<MetricDefinition> Metrics)[] Families =
    [
        ("HTTP", HttpCatalogue.All),
        ("Business", BusinessCatalogue.All),
        ("Database", DatabaseCatalogue.All),
        ("Cache", CacheCatalogue.All),
        ("WebSocket", WebSocketCatalogue.All),
        ("Kafka", KafkaCatalogue.All),
        ("Health", HealthCatalogue.All),
    ];

    private static readonly Dictionary<string, string> Answers = new(StringComparer.Ordinal)
    {
        [DashboardId.Overview.Uid] = "is every service there, and does it keep its promises",
        [DashboardId.Api.Uid] = "rates, latencies and errors, by service and endpoint",
        [DashboardId.Database.Uid] = "PostgreSQL, MongoDB and Redis, from the services' and from their own side",
        [DashboardId.Kafka.Uid] = "topics, consumer groups and how far behind they are",
        [DashboardId.Business.Uid] = "messages, files, users, searches, sockets",
        [DashboardId.Slo.Uid] = "budgets, burn rates and where they were spent",
        [DashboardId.Health.Uid] = "whether the monitoring itself works",
    };

    private static string Metrics(IReadOnlyList<MetricDefinition> metrics) => Markdown.Table(["metric", "type", "labels", "meaning"],
        metrics.Where(metric => metric.Stability == MetricStability.Stable).Select(metric => new[]
        {
            Markdown.Name(metric.Name), metric.Kind.ToString().ToLowerInvariant(), string.Join(", ", metric.Labels.Select(label => Markdown.Name(label.Name))), metric.Help,
        }));

    private static string Objectives(Platform platform) => Markdown.Table(["service", "available", "answered in time"], platform.Services.Select(service => new[]
    {
        service.Name,
        string.Join(", ", service.Objectives.Where(objective => !objective.IsLatency).Select(objective => Number.Percent(objective.Ratio))),
        string.Join(", ", service.Objectives.Where(objective => objective.IsLatency).Select(objective => $"{Number.Percent(objective.Ratio)} within {Number.Format(objective.Seconds)} s")),
    }));

    private static string Named(IEnumerable<Alert> alerts, string part) => Links(alerts.Select(alert => alert.Name).Where(name => name.Contains(part, StringComparison.Ordinal)));

    private static string Links(IEnumerable<string> names) => string.Join(", ", names.Distinct(StringComparer.Ordinal).Select(name => Markdown.Link(name, RunbookFiles.Path(name))));
}
