using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Helm;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Compose;

/// <summary>The whole monitoring on one machine, reachable from that machine alone.</summary>
internal static class ComposeFiles
{
    private const string LokiFile = "compose/loki.yaml";
    private const string TempoFile = "compose/tempo.yaml";

    private const string Note = """
        The monitoring on one machine: docker compose -f monitoring/docker-compose.yml up -d
        Before: write the files of `secrets` below, readable by the containers' users (chmod 644 in a folder of mode 700). A service joins the network `colink` with the alias <its name>-headless.
        """;

    public static IReadOnlyList<RenderedFile> Render(RuleContext context) =>
    [
        new("docker-compose.yml", Yaml.Write($"{Note}\n{Headers.Rendered}", Compose(context.Platform))),
        new(LokiFile, Yaml.Write(Headers.Rendered, Loki(context.Platform))),
        new(TempoFile, Yaml.Write(Headers.Rendered, Tempo(context.Platform))),
        new("grafana/provisioning/datasources/colink.yaml", Yaml.Write(Headers.Rendered, new Map
        {
            { "apiVersion", 1 },
            // Grafana takes $ for a variable of its environment; two of them are one.
            { "datasources", DataSources.OfLogsAndTraces("$$").Prepend(DataSources.OfPrometheus(DataSources.Url(PrometheusItself.Instance))) },
        })),
        new("grafana/provisioning/dashboards/colink.yaml", Yaml.Write(Headers.Rendered, new Map
        {
            { "apiVersion", 1 },
            { "providers", new[]
            {
                new Map
                {
                    { "name", "colink" },
                    { "folder", "CoLink" },
                    { "type", "file" },
                    { "allowUiUpdates", false },
                    { "options", new Map { { "path", "/var/lib/grafana/dashboards" } } },
                },
            } },
        })),
    ];

    private static Map Compose(Platform platform)
    {
        var services = new Map();
        foreach (var (exporter, service) in Services(platform))
            services.Add(exporter, service);
        var volumes = new Map();
        foreach (var name in new[] { "prometheus", "alertmanager", "grafana", "loki", "tempo", "otel-collector" })
            volumes.Add(name, new Map());
        var secrets = new Map();
        foreach (var name in Secrets(platform))
            secrets.Add(name, new Map { { "file", $"./secrets/{name}" } });
        return new()
        {
            { "name", "colink-monitoring" },
            { "services", services },
            { "networks", new Map { { "default", new Map { { "name", platform.Namespace } } } } },
            { "volumes", volumes },
            { "secrets", secrets },
        };
    }

    private static IEnumerable<(string Name, Map Service)> Services(Platform platform)
    {
        yield return (PrometheusItself.Instance.Job, Service("prom/prometheus:v3.14.0", [9090],
            [
                "./prometheus.yml:/etc/prometheus/prometheus.yml:ro", $"./{RuleFile.Path}:/etc/prometheus/{RuleFile.Path}:ro", "prometheus:/prometheus",
            ],
            [
                "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus",
                $"--storage.tsdb.retention.time={Duration.Format(platform.Retention.Prometheus)}", "--enable-feature=exemplar-storage",
            ]));
        var to = platform.Receivers;
        yield return (Backends.Alertmanager.Job, Service("prom/alertmanager:v0.34.0", [Backends.Alertmanager.Port],
            [$"./{AlertmanagerFile.Path}:/etc/alertmanager/{AlertmanagerFile.Path}:ro", "alertmanager:/alertmanager"],
            [$"--config.file=/etc/alertmanager/{AlertmanagerFile.Path}", "--storage.path=/alertmanager"])
            .With("secrets", ReceiverFiles(to).Select(file =>
                new Map { { "source", Path.GetFileName(file) }, { "target", file } })));
        yield return ("grafana", Service("grafana/grafana:13.2.0", [3000],
            ["./grafana/provisioning:/etc/grafana/provisioning:ro", "./grafana-dashboards:/var/lib/grafana/dashboards:ro", "grafana:/var/lib/grafana"], [])
            .With("environment", new Map { { "GF_SECURITY_ADMIN_PASSWORD__FILE", $"/run/secrets/{GrafanaPassword}" }, { "GF_USERS_ALLOW_SIGN_UP", "false" } })
            .With("secrets", new[] { GrafanaPassword }));
        yield return (Backends.Loki.Job, Service("grafana/loki:3.7.6", [Backends.Loki.Port],
            [$"./{LokiFile}:/etc/loki/loki.yaml:ro", "loki:/loki"], ["-config.file=/etc/loki/loki.yaml"]));
        yield return (Backends.Tempo.Job, Service("grafana/tempo:2.10.8", [Backends.Tempo.Port],
            [$"./{TempoFile}:/etc/tempo/tempo.yaml:ro", "tempo:/var/tempo"], ["-config.file=/etc/tempo/tempo.yaml"]));
        // A fresh volume is root's; the image's own user could not create the queue in it.
        yield return (Backends.Collector.Job, Service("otel/opentelemetry-collector-contrib:0.157.0", [CollectorFile.Grpc, CollectorFile.Http],
            [$"./{CollectorFile.Path}:/etc/otelcol/config.yaml:ro", $"otel-collector:{CollectorFile.Folder}"], ["--config=/etc/otelcol/config.yaml"])
            .With("user", "0:0"));
        foreach (var exporter in AllExporters.Watched(platform).Where(exporter => Exporters.ContainsKey(exporter.Job)))
            yield return (exporter.Job, Exporters[exporter.Job](platform));
    }

    private const string GrafanaPassword = "grafana-admin-password";
    private const string PostgresPassword = "postgres-exporter-password";

    /// <summary>Their addresses are those of the stores in the same network; change them where the stores are elsewhere.</summary>
    private static readonly Dictionary<string, Func<Platform, Map>> Exporters = new(StringComparer.Ordinal)
    {
        [PostgresExporter.Instance.Job] = _ => Service("prometheuscommunity/postgres-exporter:v0.20.1", [], [], ["--collector.stat_statements"])
            .With("environment", new Map
            {
                { "DATA_SOURCE_URI", "postgresql:5432/postgres?sslmode=disable" }, { "DATA_SOURCE_USER", "postgres_exporter" },
                { "DATA_SOURCE_PASS_FILE", $"/run/secrets/{PostgresPassword}" },
            })
            .With("secrets", new[] { PostgresPassword }),
        [RedisExporter.Instance.Job] = _ => Service("oliver006/redis_exporter:v1.88.0", [], [], ["--redis.addr=redis://redis:6379"]),
        [MongoExporter.Instance.Job] = _ => Service("percona/mongodb_exporter:0.53.0", [], [],
            ["--mongodb.uri=mongodb://mongodb:27017", "--collect-all"]),
        [KafkaExporter.Instance.Job] = _ => Service("danielqsj/kafka-exporter:v1.9.0", [], [], ["--kafka.server=kafka:9092"]),
        [NodeExporter.Instance.Job] = _ => Service("prom/node-exporter:v1.12.1", [], ["/:/host:ro,rslave"], ["--path.rootfs=/host"]).With("pid", "host"),
    };

    /// <summary>Those that Alertmanager reads: an address that stands in its configuration needs none.</summary>
    private static IEnumerable<string> ReceiverFiles(Receivers to) =>
        to.DeadManUrl.Length > 0 ? [to.SlackUrlFile, to.PagerDutyKeyFile] : [to.SlackUrlFile, to.PagerDutyKeyFile, to.DeadManUrlFile];

    private static IEnumerable<string> Secrets(Platform platform) =>
    [
        .. ReceiverFiles(platform.Receivers).Select(file => Path.GetFileName(file)),
        GrafanaPassword,
        .. AllExporters.Watched(platform).Contains(PostgresExporter.Instance) ? new[] { PostgresPassword } : [],
    ];

    /// <summary>Ports on the loopback only: none of them asks who is there.</summary>
    private static Map Service(string image, int[] ports, string[] volumes, string[] command) => new Map { { "image", image }, { "restart", "unless-stopped" } }
        .With("command", command.Length == 0 ? null : command)
        .With("ports", ports.Length == 0 ? null : ports.Select(port => $"127.0.0.1:{port}:{port}"))
        .With("volumes", volumes.Length == 0 ? null : volumes);

    private static Map Loki(Platform platform) => new()
    {
        { "auth_enabled", false },
        { "server", new Map { { "http_listen_port", Backends.Loki.Port } } },
        { "common", new Map
        {
            { "path_prefix", "/loki" },
            { "replication_factor", 1 },
            { "ring", new Map { { "kvstore", new Map { { "store", "inmemory" } } } } },
            { "storage", new Map { { "filesystem", new Map { { "chunks_directory", "/loki/chunks" }, { "rules_directory", "/loki/rules" } } } } },
        } },
        { "schema_config", LokiConfiguration.Schema },
        { "limits_config", LokiConfiguration.Limits(platform) },
        { "compactor", LokiConfiguration.Compactor("/loki/compactor") },
    };

    private static Map Tempo(Platform platform) => new()
    {
        { "server", new Map { { "http_listen_port", Backends.Tempo.Port } } },
        { "distributor", new Map { { "receivers", new Map { { "otlp", new Map { { "protocols", new Map { { "grpc", new Map { { "endpoint", $"0.0.0.0:{CollectorFile.Grpc}" } } } } } } } } } } },
        { "compactor", new Map { { "compaction", new Map { { "block_retention", HelmValues.Hours(platform.Retention.Tempo) } } } } },
        { "storage", new Map { { "trace", new Map
        {
            { "backend", "local" },
            { "local", new Map { { "path", "/var/tempo/blocks" } } },
            { "wal", new Map { { "path", "/var/tempo/wal" } } },
        } } } },
    };
}
