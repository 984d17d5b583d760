namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>What is to be monitored, as <c>colink-monitoring.yml</c> says it. Everything that is rendered follows from it and from the catalogue.</summary>
internal sealed record Platform
{
    /// <summary>The label that tells clusters apart, on every series and every alert.</summary>
    public required string Cluster { get; init; }

    /// <summary>The namespace of the services, in Kubernetes and as a label.</summary>
    public required string Namespace { get; init; }

    public required Scraping Scraping { get; init; }

    public required Retention Retention { get; init; }

    public required IReadOnlyList<Service> Services { get; init; }

    public required Kafka Kafka { get; init; }

    /// <summary>By job, where an exporter or backend is found at given addresses and not by its name.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Exporters { get; init; }

    public required Thresholds Thresholds { get; init; }

    public required Receivers Receivers { get; init; }

    public required Links Links { get; init; }

    public IEnumerable<Service> DependingOn(string dependency) => Services.Where(service => service.Dependencies.Contains(dependency));
}

/// <summary>How often, and how much at most, Prometheus asks.</summary>
/// <param name="SampleLimit">Samples of one scrape beyond which all of it is refused: it must lie above what the label guard allows.</param>
internal sealed record Scraping(TimeSpan Interval, TimeSpan Timeout, int SampleLimit, int Line);

/// <summary>How long each backend keeps what it has.</summary>
internal sealed record Retention(TimeSpan Prometheus, TimeSpan Loki, TimeSpan Tempo, int Line);

/// <summary>Where people find what an alert links to; no address ends in a slash.</summary>
internal sealed record Links(string Runbooks, string Grafana, string Prometheus, string Alertmanager);

/// <summary>One service of the platform. Its name is its job, its Kubernetes Service and its host name.</summary>
/// <param name="Sources">Telemetry sources that must be alive in it, as <c>colink_telemetry_source_active</c> names them.</param>
/// <param name="Targets">Hosts and ports of its replicas where there is no name that finds them; usually empty.</param>
internal sealed record Service(
    string Name,
    int Port,
    IReadOnlyList<string> Dependencies,
    IReadOnlyList<string> Sources,
    ServiceScrape Scrape,
    IReadOnlyList<string> Targets,
    IReadOnlyList<Objective> Objectives,
    int Line);

/// <summary>How one service wants to be asked, where it guards <c>/metrics</c> or has its own port for it.</summary>
/// <param name="BearerTokenFile">A file with the token, or empty.</param>
internal sealed record ServiceScrape(int Port, string BearerTokenFile, bool Tls, string CaFile, string ServerName)
{
    public bool IsPlain => BearerTokenFile.Length == 0 && !Tls;
}

/// <summary>What part of the requests must be good.</summary>
/// <param name="Slo"><c>availability</c>, <c>latency_p95</c> or <c>latency_p99</c>: the value of the label <c>slo</c>.</param>
/// <param name="Ratio">The part, between 0 and 1.</param>
/// <param name="Seconds">Of a latency objective the bound within which a request is good; a bound of the histogram's buckets.</param>
internal sealed record Objective(string Slo, decimal Ratio, decimal Seconds, int Line)
{
    public const string Availability = "availability";
    public const string LatencyP95 = "latency_p95";
    public const string LatencyP99 = "latency_p99";

    public static readonly string[] Names = [Availability, LatencyP95, LatencyP99];

    /// <summary>The part that may fail.</summary>
    public decimal Budget => 1 - Ratio;

    public bool IsLatency => Slo != Availability;
}

internal sealed record Kafka(int Brokers, IReadOnlyList<ConsumerGroup> Groups);

/// <summary>A consumer group that must keep up.</summary>
/// <param name="Service">The service whose consumers form it: its alerts go there.</param>
/// <param name="MaxLag">Messages behind at which it is too slow.</param>
internal sealed record ConsumerGroup(string Name, string Topic, string Service, int MaxLag, int Line);

/// <summary>Whom Alertmanager tells. Secrets are files, never values.</summary>
internal sealed record Receivers
{
    public required string EmailTo { get; init; }

    public required string EmailFrom { get; init; }

    public required string SmtpHost { get; init; }

    public required string SlackChannel { get; init; }

    public required string SlackUrlFile { get; init; }

    public required string PagerDutyKeyFile { get; init; }

    /// <summary>A file with the address that the Watchdog is sent to: whoever hears nothing there rings the bell.</summary>
    public required string DeadManUrlFile { get; init; }

    /// <summary>The address itself where it is no secret, or empty; an Alertmanager before 0.26 cannot read it from a file.</summary>
    public required string DeadManUrl { get; init; }
}
