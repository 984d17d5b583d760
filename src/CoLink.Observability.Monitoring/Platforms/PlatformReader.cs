using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Exporters;

namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>Each section of the file, with its defaults and what is allowed.</summary>
internal static partial class PlatformReader
{
    private const string NameMeaning = "a name of lower-case letters, digits and dashes, as a host has it, of at most 63";
    private const string UrlMeaning = "an address such as https://grafana.example.com, without a slash at its end";

    public static Platform Read(Section root) => new()
    {
        Cluster = root.Matching("cluster", HostName(), NameMeaning, "colink"),
        Namespace = root.Matching("namespace", HostName(), NameMeaning, "colink"),
        Scraping = Scraping(root.Child("scrape")),
        Retention = Retention(root.Child("retention")),
        Services = [.. root.Children("services").Select(Service)],
        Kafka = Kafka(root.Child("kafka")),
        Exporters = Exporters(root.Child("exporters")),
        Thresholds = Thresholds(root.Child("thresholds")),
        Receivers = Receivers(root.Child("receivers")),
        Links = Links(root.Child("links")),
    };

    private static Scraping Scraping(Section section) => section.Read(() => new Scraping(
        section.Duration("interval", "15s", "1s", "1m"),
        section.Duration("timeout", "10s", "1s", "1m"),
        section.Whole("sampleLimit", 500_000, 1_000, 100_000_000),
        section.LineOf("timeout")));

    private static Retention Retention(Section section) => section.Read(() => new Retention(
        section.Duration("prometheus", "35d", "1d", "1095d"),
        section.Duration("loki", "14d", "1d", "1095d"),
        section.Duration("tempo", "7d", "1d", "1095d"),
        section.LineOf("prometheus")));

    private static Service Service(Section section) => section.Read(() =>
    {
        var port = section.Whole("port", null, 1, 65_535);
        return new Service(
            section.Matching("name", HostName(), NameMeaning),
            port,
            section.Texts("dependencies"),
            section.Texts("sources"),
            Scrape(section.Child("scrape"), port),
            Targets(section),
            Objectives(section.Child("slo")),
            section.Line);
    });

    private static ServiceScrape Scrape(Section section, int port) => section.Read(() => new ServiceScrape(
        section.Whole("port", port, 1, 65_535),
        section.Text("bearerTokenFile", ""),
        section.Flag("tls"),
        section.Text("caFile", ""),
        section.Text("serverName", "")));

    private static Objective[] Objectives(Section section) => section.Read(() => new[]
    {
        Objective(section.Child("availability"), Platforms.Objective.Availability, 0.999m, 0),
        Objective(section.Child("latencyP95"), Platforms.Objective.LatencyP95, 0.95m, 0.5m),
        Objective(section.Child("latencyP99"), Platforms.Objective.LatencyP99, 0.99m, 1),
    });

    private static Objective Objective(Section section, string slo, decimal ratio, decimal seconds) => section.Read(() => new Objective(
        slo,
        section.Number("objective", ratio * 100, 0, 100) / 100,
        slo == Platforms.Objective.Availability ? 0 : section.Number("seconds", seconds, 0, 3600),
        section.LineOf("objective")));

    private static Kafka Kafka(Section section) => section.Read(() => new Kafka(
        section.Whole("brokers", 3, 0, 1000),
        [.. section.Children("groups").Select(group => group.Read(() => new ConsumerGroup(
            group.Text("name"), group.Text("topic"), group.Text("service"), group.Whole("maxLag", 10_000, 1, int.MaxValue), group.Line)))]));

    /// <summary>A job that is not named is found by its own name.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Exporters(Section section) => section.Read(() => AllExporters.All
        .Select(exporter => (exporter.Job, Targets: section.Child(exporter.Job).Read(Targets)))
        .Where(exporter => exporter.Targets.Count > 0)
        .ToDictionary(exporter => exporter.Job, exporter => exporter.Targets, StringComparer.Ordinal));

    private static IReadOnlyList<string> Targets(Section section)
    {
        var targets = section.Texts("targets");
        foreach (var target in targets.Where(target => !Target().IsMatch(target)))
            section.Problem("targets", $"has '{target}'; allowed is a host and a port, such as 10.0.0.5:8001.");
        return targets;
    }

    private static Receivers Receivers(Section section) => section.Read(() => new Receivers
    {
        EmailTo = section.Text("emailTo", "ops@colink.io"),
        EmailFrom = section.Text("emailFrom", "alertmanager@colink.io"),
        SmtpHost = section.Matching("smtpHost", HostAndPort(), "a host and a port, such as smtp.example.com:587", "smtp:587"),
        SlackChannel = section.Text("slackChannel", "#alerts"),
        SlackUrlFile = section.Text("slackUrlFile", "/etc/alertmanager/secrets/slack-url"),
        PagerDutyKeyFile = section.Text("pagerDutyKeyFile", "/etc/alertmanager/secrets/pagerduty-routing-key"),
        DeadManUrlFile = section.Text("deadManUrlFile", "/etc/alertmanager/secrets/dead-man-url"),
        DeadManUrl = section.Has("deadManUrl") ? section.Matching("deadManUrl", Url(), UrlMeaning) : section.Text("deadManUrl", ""),
    });

    private static Links Links(Section section) => section.Read(() => new Links(
        section.Matching("runbooks", Url(), UrlMeaning, "https://runbooks.colink.io"),
        section.Matching("grafana", Url(), UrlMeaning, "https://grafana.colink.io"),
        section.Matching("prometheus", Url(), UrlMeaning, "https://prometheus.colink.io"),
        section.Matching("alertmanager", Url(), UrlMeaning, "https://alertmanager.colink.io")));

    private static Thresholds Thresholds(Section section) => section.Read(() =>
    {
        var usual = new Thresholds();
        decimal Ratio(string key, decimal fallback) => section.Number(key, fallback, 0.0001m, 1);
        decimal Count(string key, decimal fallback) => section.Number(key, fallback, 0, 1_000_000_000);
        return new Thresholds
        {
            ErrorRatio = Ratio("errorRatio", usual.ErrorRatio),
            ErrorMinimum = Count("errorMinimum", usual.ErrorMinimum),
            LatencyP95 = section.Number("latencyP95", usual.LatencyP95, 0.001m, 10),
            LatencyMinimum = Count("latencyMinimum", usual.LatencyMinimum),
            BurnMinimum = Count("burnMinimum", usual.BurnMinimum),
            Cpu = Ratio("cpu", usual.Cpu),
            Memory = Ratio("memory", usual.Memory),
            Throttled = Ratio("throttled", usual.Throttled),
            Disk = Ratio("disk", usual.Disk),
            Pool = Ratio("pool", usual.Pool),
            ConnectionErrors = Count("connectionErrors", usual.ConnectionErrors),
            SlowQuery = section.Number("slowQuery", usual.SlowQuery, 0.001m, 10),
            StoreConnections = Ratio("storeConnections", usual.StoreConnections),
            CacheHitRatio = Ratio("cacheHitRatio", usual.CacheHitRatio),
            SocketDrop = Ratio("socketDrop", usual.SocketDrop),
            SocketMinimum = Count("socketMinimum", usual.SocketMinimum),
            SocketDisconnects = section.Number("socketDisconnects", usual.SocketDisconnects, 0.001m, 100),
            Samples = Count("samples", usual.Samples),
        };
    });

    private static T Read<T>(this Section section, Func<Section, T> read) => section.Read(() => read(section));

    /// <summary>Reads it and then names the keys that nothing read.</summary>
    private static T Read<T>(this Section section, Func<T> read)
    {
        var value = read();
        section.End();
        return value;
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex HostName();

    [GeneratedRegex("^[A-Za-z0-9.-]+:[0-9]{1,5}\\z")]
    private static partial Regex HostAndPort();

    /// <summary>The port from 1 to 65535; Prometheus would otherwise fail at each scrape, not at the start.</summary>
    [GeneratedRegex("^[A-Za-z0-9.-]+:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])\\z")]
    private static partial Regex Target();

    [GeneratedRegex("^https?://[^\\s\"'{}]+[^/\\s\"'{}]\\z")]
    private static partial Regex Url();
}
