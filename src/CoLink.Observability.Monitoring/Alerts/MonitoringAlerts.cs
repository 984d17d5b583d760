using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;
using Prometheus = CoLink.Observability.Monitoring.Exporters.PrometheusItself;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>Whether what watches is itself alive: Prometheus, Alertmanager, the exporters, the pipelines of logs and traces.</summary>
internal static class MonitoringAlerts
{
    public const string Watchdog = "Watchdog";
    public const string InfoInhibitor = "InfoInhibitor";

    /// <summary>Part of a queue beyond which it will not last for long.</summary>
    private const decimal Full = 0.8m;

    public static IEnumerable<Alert> Of(RuleContext context) => [.. Chain(context), .. PrometheusAlerts(context), .. Others(context), .. Exporters(context)];

    private static IEnumerable<Alert> Chain(RuleContext context)
    {
        yield return Of(Watchdog, Severity.None, "0s", "vector(1)", "The chain of alerts works", "always: whoever hears nothing of it for three intervals rings the bell") with
        { Service = "monitoring" };
        // One for each service: of two informational alerts that differ in their names alone there would be two of the same labels, and the rule would fail.
        yield return Of(InfoInhibitor, Severity.None, "0s", $$"""
            count by (cluster, namespace, service) ({{Scraped.Alerts}}{severity="info",alertstate="firing"})
            unless on (cluster, namespace, service) {{Scraped.Alerts}}{severity=~"warning|critical",alertstate="firing"}
            """, "{{ $labels.service }} has informational alerts and no other", "an informational alert alone") with
        { Service = "{{ $labels.service }}" };
    }

    private static IEnumerable<Alert> PrometheusAlerts(RuleContext context)
    {
        var time = context.Time;
        yield return Of("CoLinkRuleFailures", Severity.Critical, "5m", $"increase({Prometheus.RuleFailures}[{time["5m"]}]) > 0",
            "Prometheus fails to evaluate {{ $labels.rule_group }}", "any failure, for 5 minutes");
        yield return Of("CoLinkRuleGroupsMissed", Severity.Warning, "5m", $"increase({Prometheus.IterationsMissed}[{time["5m"]}]) > 0",
            "Prometheus skips evaluations of {{ $labels.rule_group }}", "any missed, for 5 minutes");
        yield return Of("CoLinkRuleGroupSlow", Severity.Warning, "10m", $"{Prometheus.GroupDuration} > {Prometheus.GroupInterval}",
            "{{ $labels.rule_group }} takes {{ $value | humanizeDuration }}, longer than its interval", "longer than the interval for 10 minutes");
        yield return Of("CoLinkNotConnectedToAlertmanager", Severity.Critical, "5m", $"{Prometheus.Alertmanagers} < 1",
            "Prometheus knows no Alertmanager", "none for 5 minutes");
        yield return Of("CoLinkNotificationsDropped", Severity.Critical, "5m", $"increase({Prometheus.NotificationsDropped}[{time["5m"]}]) > 0",
            "Prometheus drops alerts before they reach Alertmanager", "any dropped, for 5 minutes");
        yield return Of("CoLinkConfigReloadFailed", Severity.Warning, "5m", $"{Prometheus.ReloadSuccessful} == 0",
            "Prometheus runs on an old configuration", "the last reload failed, for 5 minutes") with
        { Form = "Prometheus", Service = PrometheusItself.Instance.Job };
        yield return Of("CoLinkSampleLimitHit", Severity.Critical, "0s", $"increase({Prometheus.SampleLimitHit}[{time["10m"]}]) > 0",
            "Prometheus refuses whole scrapes that are over the sample limit", "any within 10 minutes");
        yield return Of("CoLinkCardinalityHigh", Severity.Warning, "15m", $$"""{{Scraped.Samples}}{{{context.Jobs}}} > {{Number.Format(context.Limits.Samples)}}""",
            "{{ $labels.instance }} of {{ $labels.job }} has {{ $value }} series", $"more than {Number.Format(context.Limits.Samples)} in one scrape for 15 minutes") with
        { Service = "{{ $labels.job }}" };
        yield return Of("CoLinkPrometheusStorageFailing", Severity.Critical, "5m", $"""
            increase({Prometheus.CompactionsFailed}[{time["1h"]}]) > 0
            or increase({Prometheus.WalCorruptions}[{time["1h"]}]) > 0
            """, "Prometheus cannot keep its data", "a failed compaction or a broken log within an hour, for 5 minutes");
    }

    private static IEnumerable<Alert> Others(RuleContext context)
    {
        var time = context.Time;
        yield return Of("CoLinkConfigReloadFailed", Severity.Warning, "5m", $"{Backends.AlertmanagerReload} == 0",
            "Alertmanager runs on an old configuration", "the last reload failed, for 5 minutes") with
        { Form = "Alertmanager", Service = Backends.Alertmanager.Job };
        // The failures carry a reason that the total has not.
        yield return Of("CoLinkAlertmanagerNotificationsFailing", Severity.Critical, "5m", $"""
            sum by (cluster, namespace, instance, integration) (rate({Backends.NotificationsFailed}[{time["5m"]}]))
            / (sum by (cluster, namespace, instance, integration) (rate({Backends.Notifications}[{time["5m"]}])) > 0)
            > 0.01
            """, "Alertmanager cannot tell {{ $labels.integration }}", "more than 1 % failed for 5 minutes");
        yield return Of("CoLinkCollectorDroppingSpans", Severity.Warning, "5m", $"""
            sum by (cluster, namespace, instance) (increase({Backends.SpansNotQueued}[{time["5m"]}])) > 0
            or sum by (cluster, namespace, instance) (increase({Backends.SpansNotSent}[{time["5m"]}])) > 0
            or sum by (cluster, namespace, instance) (increase({Backends.SpansRefused}[{time["5m"]}])) > 0
            """, "The collector at {{ $labels.instance }} lost " + Alert.Count + " spans within 5 minutes", "any refused, not queued or not sent, for 5 minutes") with
        { Form = "spans are lost" };
        // It tries for ever, so nothing fails while the store of traces is down: the queue fills, and beyond its end spans are lost.
        yield return Of("CoLinkCollectorDroppingSpans", Severity.Warning, "5m", $$"""
            max by (cluster, namespace, instance, exporter) ({{Backends.QueueSize}} / ({{Backends.QueueCapacity}} > 0)) > {{Number.Format(Full)}}
            """, "The queue of {{ $labels.exporter }} in the collector at {{ $labels.instance }} is filled to {{ $value | humanizePercentage }}", $"more than {Number.Percent(Full)} of the sending queue for 5 minutes") with
        { Form = "the queue fills" };
        yield return Of("CoLinkLokiErrors", Severity.Warning, "15m", $$"""
            sum by (cluster, namespace, instance, route) (rate({{Backends.LokiRequests}}_count{status_code=~"5.."}[{{time["5m"]}}]))
            / (sum by (cluster, namespace, instance, route) (rate({{Backends.LokiRequests}}_count[{{time["5m"]}}])) > 0)
            > 0.1
            """, "Loki fails {{ $value | humanizePercentage }} of {{ $labels.route }}", "more than 10 % of a route's requests for 15 minutes");
    }

    private static IEnumerable<Alert> Exporters(RuleContext context)
    {
        var watched = AllExporters.Watched(context.Platform);
        yield return Of("CoLinkExporterDown", Severity.Warning, "5m", $$"""{{Scraped.Up}}{job=~"{{string.Join('|', watched.Append(Backends.Alloy).Select(exporter => exporter.Job))}}"} == 0""",
            "{{ $labels.job }} at {{ $labels.instance }} does not answer", "does not answer for 5 minutes");
        // What the exporter watches has no series then, and its alerts are silent.
        foreach (var exporter in watched)
            yield return Of("CoLinkExporterAbsent", Severity.Warning, "10m", $$"""absent({{Scraped.Up}}{cluster="{{context.Platform.Cluster}}",job="{{exporter.Job}}"})""",
                $"Nothing watches {exporter.Watches}", "no target for 10 minutes") with
            { Form = exporter.Job, Service = exporter.Job };
    }

    private static Alert Of(string name, Severity severity, string pause, string expr, string what, string threshold) => new(name, severity, expr)
    {
        For = pause,
        Service = "monitoring",
        Summary = what,
        Description = what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Health,
    };
}
