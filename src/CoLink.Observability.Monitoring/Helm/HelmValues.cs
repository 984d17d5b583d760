using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Scrapes;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Helm;

/// <summary>What each chart is told. None of them refuses a key that it does not know, so a test compares with the keys of the pinned versions.</summary>
internal static class HelmValues
{
    public const string Prometheus = "prometheus-values.yaml";
    public const string Loki = "loki-values.yaml";
    public const string Alloy = "alloy-values.yaml";
    public const string Tempo = "tempo-values.yaml";

    /// <summary>The Secret with the files that Alertmanager reads.</summary>
    public const string Secrets = "alertmanager-receivers";

    public static IReadOnlyList<RenderedFile> Render(RuleContext context) =>
    [
        new(Prometheus, Yaml.Write($"prometheus-community/kube-prometheus-stack {Charts.KubePrometheusStack}. Rules and scrapes are objects of kubernetes/, which this server finds.\n{Headers.Rendered}", OfPrometheus(context))),
        new(Loki, Yaml.Write($"oci://ghcr.io/grafana-community/helm-charts/loki {Charts.Loki}.\n{Headers.Rendered}", OfLoki(context.Platform))),
        new(Alloy, Yaml.Write($"grafana/alloy {Charts.Alloy}.\n{Headers.Rendered}", OfAlloy(context.Platform))),
        new(Tempo, Yaml.Write($"oci://ghcr.io/grafana-community/helm-charts/tempo {Charts.Tempo}.\n{Headers.Rendered}", OfTempo(context.Platform))),
    ];

    private static Map OfPrometheus(RuleContext context)
    {
        var platform = context.Platform;
        return new()
        {
            { "prometheus", new Map
            {
                { "serviceMonitor", Monitor(PrometheusItself.Instance, platform) },
                { "prometheusSpec", new Map
                {
                    { "scrapeInterval", Duration.Format(platform.Scraping.Interval) },
                    { "scrapeTimeout", Duration.Format(platform.Scraping.Timeout) },
                    { "externalLabels", new Map { { "cluster", platform.Cluster } } },
                    { "retention", Duration.Format(platform.Retention.Prometheus), "The chart keeps 10 days, which is less than a budget looks back." },
                    { "enableFeatures", Map.List("exemplar-storage") },
                    { "serviceMonitorSelectorNilUsesHelmValues", false, "Otherwise only objects with the release's label are found." },
                    { "podMonitorSelectorNilUsesHelmValues", false },
                    { "ruleSelectorNilUsesHelmValues", false },
                    { "storageSpec", new Map { { "volumeClaimTemplate", Claim(Volumes.Prometheus(platform)) } } },
                } },
            } },
            { "alertmanager", new Map
            {
                { "serviceMonitor", Monitor(Backends.Alertmanager, platform) },
                { "config", AlertmanagerFile.Configuration(context) },
                { "alertmanagerSpec", new Map
                {
                    { "volumes", new[] { new Map { { "name", "notification-secrets" }, { "secret", new Map { { "secretName", Secrets } } } } } },
                    { "volumeMounts", new[]
                    {
                        new Map { { "name", "notification-secrets" }, { "mountPath", Folder(platform.Receivers.SlackUrlFile) }, { "readOnly", true } },
                    } },
                } },
            } },
            { "prometheus-node-exporter", new Map { { "prometheus", new Map { { "monitor", new Map { { "relabelings", Relabelings(NodeExporter.Instance, platform) } } } } } } },
            { "kube-state-metrics", new Map { { "prometheus", new Map { { "monitor", new Map
            {
                { "http", new Map { { "relabelings", ClusterLabel(platform) } }, "Older versions of this chart have it a level higher; each ignores the other's." },
                { "relabelings", ClusterLabel(platform) },
            } } } } }, "Rules join these series to those of the services by their cluster." },
            { "kubelet", new Map { { "serviceMonitor", new Map
            {
                // The chart's own list, which this one replaces, keeps the path apart.
                { "relabelings", ClusterLabel(platform).Prepend(MetricsPath) },
                { "cAdvisorRelabelings", ClusterLabel(platform).Prepend(MetricsPath) },
            } } } },
            { "grafana", new Map
            {
                { "sidecar", new Map
                {
                    { "dashboards", new Map { { "enabled", true }, { "label", "grafana_dashboard" }, { "labelValue", "1" }, { "searchNamespace", "ALL" }, { "folderAnnotation", "grafana_folder" } } },
                    { "datasources", new Map
                    {
                        { "uid", DataSources.Prometheus },
                        { "exemplarTraceIdDestinations", new Map { { "datasourceUid", DataSources.Tempo }, { "traceIdLabelName", DataSources.TraceLabel } } },
                    } },
                } },
                { "additionalDataSources", DataSources.OfLogsAndTraces("$$") },
            } },
        };
    }

    /// <summary>Rules know the job by this name, not by the release's.</summary>
    private static Map Monitor(Exporter exporter, Platform platform) => new() { { "relabelings", Relabelings(exporter, platform) } };

    private static Map[] Relabelings(Exporter exporter, Platform platform) =>
    [
        new() { { "targetLabel", "job" }, { "replacement", exporter.Job } },
        new() { { "targetLabel", "cluster" }, { "replacement", platform.Cluster } },
    ];

    private static readonly Map MetricsPath = new() { { "action", "replace" }, { "sourceLabels", Map.List("__metrics_path__") }, { "targetLabel", "metrics_path" } };

    private static Map[] ClusterLabel(Platform platform) => [new() { { "targetLabel", "cluster" }, { "replacement", platform.Cluster } }];

    private static Map Claim(string size) => new()
    {
        { "spec", new Map { { "accessModes", Map.List("ReadWriteOnce") }, { "resources", new Map { { "requests", new Map { { "storage", size } } } } } } },
    };

    private static string Folder(string file) => file[..Math.Max(1, file.LastIndexOf('/'))];

    private static Map OfLoki(Platform platform) => new()
    {
        { "deploymentMode", "Monolithic" },
        { "loki", new Map
        {
            { "auth_enabled", false },
            { "commonConfig", new Map { { "replication_factor", 1 } } },
            { "storage", new Map { { "type", "filesystem" } } },
            { "schemaConfig", LokiConfiguration.Schema },
            { "limits_config", LokiConfiguration.Limits(platform) },
            { "compactor", LokiConfiguration.Compactor("/var/loki/compactor") },
        } },
        { "singleBinary", new Map { { "replicas", 1 }, { "persistence", new Map { { "enabled", true }, { "size", Volumes.Loki(platform) } } } } },
    };

    private static Map OfAlloy(Platform platform) => new()
    {
        { "alloy", new Map
        {
            { "mounts", new Map { { "varlog", true } } },
            { "configMap", new Map { { "content", AlloyConfiguration.Of(platform) } } },
        } },
        { "controller", new Map { { "type", "daemonset" } } },
        { "serviceMonitor", new Map { { "enabled", true }, { "relabelings", Relabelings(Backends.Alloy, platform) } } },
    };

    private static Map OfTempo(Platform platform) => new()
    {
        { "tempo", new Map
        {
            { "retention", Hours(platform.Retention.Tempo) },
            { "storage", new Map { { "trace", new Map { { "backend", "local" } } } } },
        } },
        { "persistence", new Map { { "enabled", true }, { "size", Volumes.Tempo(platform) } } },
    };

    /// <summary>Tempo reads hours, no days.</summary>
    public static string Hours(TimeSpan span) => $"{(int)span.TotalHours}h";
}
