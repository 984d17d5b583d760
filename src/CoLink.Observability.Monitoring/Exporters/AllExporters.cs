using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>Everything that is scraped beside the services.</summary>
internal static class AllExporters
{
    /// <summary>Those that say how a store or a node is.</summary>
    public static readonly Exporter[] Stores = [PostgresExporter.Instance, MongoExporter.Instance, RedisExporter.Instance, KafkaExporter.Instance, NodeExporter.Instance];

    /// <summary>Those through which alerts, logs and traces go.</summary>
    public static readonly Exporter[] Pipeline = [PrometheusItself.Instance, Backends.Alertmanager, Backends.Loki, Backends.Collector, Backends.Tempo];

    /// <summary>Those of a cluster alone: a plain Prometheus finds no kubelet, and ships no pod's output.</summary>
    public static readonly Exporter[] InKubernetes = [Backends.Alloy, ClusterExporters.CAdvisor, ClusterExporters.StateMetrics];

    public static readonly Exporter[] All = [.. Stores, .. Pipeline, .. InKubernetes];

    /// <summary>Those that the platform has use for: of the stores, those that a service depends on.</summary>
    public static IReadOnlyList<Exporter> Watched(Platform platform) => [.. Stores.Where(exporter => IsUsed(exporter, platform)), .. Pipeline];

    private static bool IsUsed(Exporter exporter, Platform platform) => exporter switch
    {
        _ when exporter == PostgresExporter.Instance => platform.DependingOn(Dependency.PostgreSql).Any(),
        _ when exporter == MongoExporter.Instance => platform.DependingOn(Dependency.MongoDb).Any(),
        _ when exporter == RedisExporter.Instance => platform.DependingOn(Dependency.Redis).Any(),
        _ when exporter == KafkaExporter.Instance => platform.Kafka.Brokers > 0 || platform.DependingOn(Dependency.Kafka).Any(),
        _ => true,
    };

    public static IEnumerable<ExporterMetric> Metrics => All.SelectMany(exporter => exporter.Metrics).Concat(Scraped.All);
}
