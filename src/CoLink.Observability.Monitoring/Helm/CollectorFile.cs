using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Helm;

/// <summary>The collector between services and Tempo. Its queue lies on the disk: a restart of either loses no span.</summary>
internal static class CollectorFile
{
    public const string Path = "otel-collector.yaml";

    public const int Grpc = 4317;
    public const int Http = 4318;

    /// <summary>Where the queue lies: a volume.</summary>
    public const string Folder = "/var/lib/otelcol";

    public static RenderedFile Render(RuleContext context) => new(Path, Yaml.Write(Headers.Rendered, new Map
    {
        { "extensions", new Map
        {
            { "health_check", new Map { { "endpoint", "0.0.0.0:13133" } } },
            { "file_storage", new Map { { "directory", Folder }, { "create_directory", true } } },
        } },
        { "receivers", new Map { { "otlp", new Map { { "protocols", new Map
        {
            { "grpc", new Map { { "endpoint", $"0.0.0.0:{Grpc}" } } },
            { "http", new Map { { "endpoint", $"0.0.0.0:{Http}" } } },
        } } } } } },
        { "processors", new Map
        {
            { "memory_limiter", new Map { { "check_interval", "1s" }, { "limit_percentage", 80 }, { "spike_limit_percentage", 20 } } },
            { "resource", new Map { { "attributes", new[] { new Map { { "key", "k8s.cluster.name" }, { "value", context.Platform.Cluster }, { "action", "upsert" } } } } } },
        } },
        { "exporters", new Map { { "otlp/tempo", new Map
        {
            { "endpoint", $"{Backends.Tempo.Job}:{Grpc}" },
            { "tls", new Map { { "insecure", true } }, "Within the cluster; elsewhere give a ca_file." },
            { "retry_on_failure", new Map { { "enabled", true }, { "max_elapsed_time", "0s" } }, "Never gives up: the queue bounds what waits." },
            { "sending_queue", new Map { { "enabled", true }, { "storage", "file_storage" }, { "queue_size", 10_000 } } },
        } } } },
        { "service", new Map
        {
            { "extensions", Map.List("health_check", "file_storage") },
            { "telemetry", new Map { { "metrics", new Map { { "readers", new[] { new Map { { "pull", new Map { { "exporter", new Map { { "prometheus", new Map { { "host", "0.0.0.0" }, { "port", Backends.Collector.Port } } } } } } } } } } } } } },
            { "pipelines", new Map { { "traces", new Map
            {
                { "receivers", Map.List("otlp") },
                { "processors", Map.List("memory_limiter", "resource"), "No batch processor: it holds in memory what the queue holds on disk." },
                { "exporters", Map.List("otlp/tempo") },
            } } } },
        } },
    }));
}
