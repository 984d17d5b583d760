using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Scrapes;

/// <summary>
/// What a plain Prometheus asks, and how. There is no discovery by Kubernetes in it, which Debian's 2.42 does not know: there the
/// operator's objects take its place.
/// </summary>
internal static class PrometheusFile
{
    public const string Path = "prometheus.yml";

    /// <summary>Half of an alert's shortest pause.</summary>
    private const string Evaluation = "30s";

    /// <summary>How soon a new replica is found.</summary>
    private const string Refresh = "30s";

    public static RenderedFile Render(RuleContext context) => new(Path, Yaml.Write(Headers.Rendered, new Map
    {
        { "global", Global(context) },
        { "rule_files", new[] { RuleFile.Path } },
        { "alerting", Alerting(context) },
        { "scrape_configs", context.Platform.Services.Select(service => OfService(service, context))
            .Concat(AllExporters.Watched(context.Platform).Select(exporter => OfExporter(exporter, context))) },
    }));

    private static Map Global(RuleContext context) => new()
    {
        { "scrape_interval", context.Time.Interval(Duration.Format(context.Platform.Scraping.Interval)) },
        { "scrape_timeout", context.Time.Interval(Duration.Format(context.Platform.Scraping.Timeout)) },
        { "evaluation_interval", context.Time.Interval(Evaluation) },
        { "external_labels", new Map { { "cluster", context.Platform.Cluster } },
            "On what leaves this server; alerts are grouped by it. A pair of servers adds `replica`, which is dropped from alerts below." },
    };

    private static Map Alerting(RuleContext context) => new()
    {
        { "alert_relabel_configs", new[] { new Map { { "action", "labeldrop" }, { "regex", "replica" } } }, "Two servers of a pair must send the same alert." },
        { "alertmanagers", new[] { Discovery(new Map(), Backends.Alertmanager.Job, Backends.Alertmanager.Port, Targets(Backends.Alertmanager, context), context) } },
    };

    private static Map OfService(Service service, RuleContext context)
    {
        var job = Job(service.Name, context);
        var scrape = service.Scrape;
        job.With("scheme", scrape.Tls ? "https" : null);
        job.With("authorization", scrape.BearerTokenFile.Length == 0 ? null : new Map { { "credentials_file", scrape.BearerTokenFile } });
        job.With("tls_config", Tls(scrape));
        return Discovery(job, Names.Headless(service.Name), scrape.Port, service.Targets, context).With("relabel_configs", Labels(context));
    }

    private static Map OfExporter(Exporter exporter, RuleContext context) =>
        Discovery(Job(exporter.Job, context), exporter.Job, exporter.Port, Targets(exporter, context), context).With("relabel_configs", Labels(context));

    private static IReadOnlyList<string> Targets(Exporter exporter, RuleContext context) =>
        context.Platform.Exporters.TryGetValue(exporter.Job, out var targets) ? targets
        : exporter == PrometheusItself.Instance ? [$"localhost:{exporter.Port}"]
        : [];

    private static Map Job(string name, RuleContext context) => new()
    {
        { "job_name", name },
        { "sample_limit", context.Platform.Scraping.SampleLimit },
        { "honor_labels", false },
        { "honor_timestamps", false },
    };

    private static Map? Tls(ServiceScrape scrape) => !scrape.Tls || scrape.CaFile.Length + scrape.ServerName.Length == 0 ? null : new Map()
        .With("ca_file", scrape.CaFile.Length == 0 ? null : scrape.CaFile)
        .With("server_name", scrape.ServerName.Length == 0 ? null : scrape.ServerName);

    /// <summary>An address for each replica: behind one address for all of them their counters would mix.</summary>
    private static Map Discovery(Map map, string name, int port, IReadOnlyList<string> targets, RuleContext context)
    {
        if (targets.Count > 0)
            map.Add("static_configs", new[] { new Map { { "targets", targets } } });
        else
            map.Add("dns_sd_configs", new[]
            {
                new Map { { "names", new[] { name } }, { "type", "A" }, { "port", port }, { "refresh_interval", context.Time.Interval(Refresh) } },
            });
        return map;
    }

    /// <summary>An external label alone is on no series of the server itself, where the rules look.</summary>
    private static Map[] Labels(RuleContext context) =>
    [
        new() { { "target_label", "cluster" }, { "replacement", context.Platform.Cluster } },
        new() { { "target_label", "namespace" }, { "replacement", context.Platform.Namespace } },
    ];
}
