using System.Globalization;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>The keys of <c>colink-monitoring.yml</c>, with the defaults that its reader really takes.</summary>
internal static class PlatformKeys
{
    private static readonly Platform Bare = PlatformFile.Parse("services: [{name: a, port: 1}]\nkafka: {groups: [{name: g, topic: t, service: a}]}\n");

    public static IReadOnlyList<(string Key, string Default, string Meaning)> All { get; } = [.. Platform(), .. Services(), .. Thresholds(), .. Receivers()];

    private static IEnumerable<(string, string, string)> Platform() =>
    [
        ("cluster", Bare.Cluster, "the label `cluster` of every series and alert"),
        ("namespace", Bare.Namespace, "the label `namespace`, and the services' namespace in Kubernetes"),
        ("scrape.interval", Duration.Format(Bare.Scraping.Interval), "how often Prometheus asks"),
        ("scrape.timeout", Duration.Format(Bare.Scraping.Timeout), "how long an answer may take; at most the interval"),
        ("scrape.sampleLimit", Number.Format(Bare.Scraping.SampleLimit), "samples of an answer beyond which all of it is refused; above what the label guard allows"),
        ("retention.prometheus", Duration.Format(Bare.Retention.Prometheus), "how long metrics are kept; at least the 30 days of the budgets"),
        ("retention.loki", Duration.Format(Bare.Retention.Loki), "how long logs are kept"),
        ("retention.tempo", Duration.Format(Bare.Retention.Tempo), "how long traces are kept"),
        ("exporters", "none", "by job, each with `targets`: where an exporter, a backend or Alertmanager is not found by its name"),
        ("kafka.brokers", Number.Format(Bare.Kafka.Brokers), "brokers that must be there; 0 asks nothing"),
        ("kafka.groups[].name", "", "a consumer group that must keep up"),
        ("kafka.groups[].topic", "", "its topic"),
        ("kafka.groups[].service", "", "the service that its alerts go to"),
        ("kafka.groups[].maxLag", Number.Format(Bare.Kafka.Groups[0].MaxLag), "messages behind at which it is too slow"),
        ("links.runbooks", Bare.Links.Runbooks, "where this directory's `runbooks/` is served"),
        ("links.grafana", Bare.Links.Grafana, "Grafana's address"),
        ("links.prometheus", Bare.Links.Prometheus, "Prometheus' address"),
        ("links.alertmanager", Bare.Links.Alertmanager, "Alertmanager's address"),
    ];

    private static IEnumerable<(string, string, string)> Services()
    {
        var service = Bare.Services[0];
        yield return ("services[].name", "", "its name: job, Kubernetes Service and host name");
        yield return ("services[].port", "", "the port of `/metrics`");
        yield return ("services[].targets", "none", "hosts and ports, where there is no DNS that names every replica");
        yield return ("services[].dependencies", "none", $"any of {string.Join(", ", Dependency.Stores)}, and other services by name");
        yield return ("services[].sources", "none", $"drivers and clients that must be heard in it, as `{SelfCatalogue.SourceActiveName}` names them");
        yield return ("services[].scrape.port", "services[].port", "another port, where `Metrics:Port` is set");
        yield return ("services[].scrape.bearerTokenFile", "none", "a file with the token that `Metrics:BearerToken` asks for");
        yield return ("services[].scrape.tls", "false", "whether it is asked by https");
        yield return ("services[].scrape.caFile", "none", "the authority of its certificate");
        yield return ("services[].scrape.serverName", "none", "the name in its certificate");
        foreach (var (key, objective) in service.Objectives.Select(objective => (Key(objective), objective)))
        {
            yield return ($"{key}.objective", Number.Format(objective.Ratio * 100), "percent of the requests that must be good");
            if (objective.IsLatency)
                yield return ($"{key}.seconds", Number.Format(objective.Seconds), "within which a request is good; a bound of the histogram");
        }
    }

    private static string Key(Objective objective) => "services[].slo." + objective.Slo switch
    {
        Objective.LatencyP95 => "latencyP95",
        Objective.LatencyP99 => "latencyP99",
        _ => objective.Slo,
    };

    private static IEnumerable<(string, string, string)> Thresholds()
    {
        var meanings = new (string Key, decimal Default, string Meaning)[]
        {
            ("errorRatio", Bare.Thresholds.ErrorRatio, "part of a service's requests that may fail before it is a page"),
            ("errorMinimum", Bare.Thresholds.ErrorMinimum, "failed requests within five minutes below which a ratio says nothing"),
            ("latencyP95", Bare.Thresholds.LatencyP95, "seconds within which 95 of 100 requests are answered"),
            ("latencyMinimum", Bare.Thresholds.LatencyMinimum, "requests within five minutes below which a quantile is noise"),
            ("burnMinimum", Bare.Thresholds.BurnMinimum, "requests within the long window below which a burn rate is noise"),
            ("cpu", Bare.Thresholds.Cpu, "part of the CPU limit, and of a node"),
            ("memory", Bare.Thresholds.Memory, "part of the memory limit, of a node, and of Redis' maxmemory"),
            ("throttled", Bare.Thresholds.Throttled, "part of the periods in which a container was throttled"),
            ("disk", Bare.Thresholds.Disk, "part of a disk that may be filled"),
            ("pool", Bare.Thresholds.Pool, "part of a connection pool in use"),
            ("connectionErrors", Bare.Thresholds.ConnectionErrors, "connection errors within five minutes"),
            ("slowQuery", Bare.Thresholds.SlowQuery, "seconds within which 95 of 100 commands are answered"),
            ("storeConnections", Bare.Thresholds.StoreConnections, "part of a database's own connections"),
            ("cacheHitRatio", Bare.Thresholds.CacheHitRatio, "part of the reads that a cache must answer"),
            ("socketDrop", Bare.Thresholds.SocketDrop, "part of the sockets that may go within ten minutes"),
            ("socketMinimum", Bare.Thresholds.SocketMinimum, "sockets below which a part says nothing"),
            ("socketDisconnects", Bare.Thresholds.SocketDisconnects, "abnormal ends a minute, as a part of the open sockets"),
            ("samples", Bare.Thresholds.Samples, "samples of one scrape that are worth a look"),
        };
        return meanings.Select(each => ($"thresholds.{each.Key}", each.Default.ToString(CultureInfo.InvariantCulture), each.Meaning));
    }

    private static IEnumerable<(string, string, string)> Receivers() =>
    [
        ("receivers.emailTo", Bare.Receivers.EmailTo, "who gets what no route takes"),
        ("receivers.emailFrom", Bare.Receivers.EmailFrom, "whom it comes from"),
        ("receivers.smtpHost", Bare.Receivers.SmtpHost, "host and port of the mail server"),
        ("receivers.slackChannel", Bare.Receivers.SlackChannel, "the channel of warnings"),
        ("receivers.slackUrlFile", Bare.Receivers.SlackUrlFile, "a file with the webhook's address"),
        ("receivers.pagerDutyKeyFile", Bare.Receivers.PagerDutyKeyFile, "a file with the routing key (Events v2)"),
        ("receivers.deadManUrl", "none", "that address itself, where it is no secret; Alertmanager before 0.26 reads no file"),
        ("receivers.deadManUrlFile", Bare.Receivers.DeadManUrlFile, "a file with the address that the Watchdog is sent to"),
    ];
}
