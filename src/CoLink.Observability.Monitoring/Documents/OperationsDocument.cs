using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>What whoever runs the monitoring does, from the page at night to the upgrade.</summary>
internal static class OperationsDocument
{
    public const string Path = "OPERATIONS.md";

    public static RenderedFile Render(RuleContext context)
    {
        var sizes = new Sizes(context);
        var platform = context.Platform;
        return new(Path, Template.Fill(Path, Template.Read("documents/OPERATIONS"), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["header"] = Headers.Rendered,
            ["silence"] = RunbookFiles.Silence("CoLinkHighErrorRate", context),
            ["cluster"] = platform.Cluster,
            ["namespace"] = platform.Namespace,
            ["alertmanager"] = platform.Links.Alertmanager,
            ["prometheus"] = platform.Links.Prometheus,
            ["runbooks"] = platform.Links.Runbooks,
            ["slack"] = platform.Receivers.SlackChannel,
            ["verifyUrls"] = string.Join(" ", platform.Services.Select(service => $"{(service.Scrape.Tls ? "https" : "http")}://{service.Name}:{service.Scrape.Port}/metrics")),
            ["severities"] = Severities(context),
            ["sizes"] = Volumes(sizes, platform),
            ["assumptions"] = Assumptions(),
            ["labels"] = Markdown.Table(["label", "values", "what they are"], Cardinality.Assumed.Select(label => new[] { Markdown.Name(label.Label), Number.Format(label.Values), label.Why })),
            ["cardinality"] = Markdown.Table(["service", "series of a replica", $"of {Sizes.Replicas} replicas"], platform.Services.Select(service =>
                new[] { service.Name, Number.Format(Cardinality.Expected(service)), Number.Format(Cardinality.Expected(service) * Sizes.Replicas) })),
            ["most"] = Number.Format(Cardinality.Most()),
            ["cap"] = Number.Format(Cardinality.Cap),
            ["ofScrape"] = Number.Format(Cardinality.OfScrape),
            ["sampleLimit"] = Number.Format(platform.Scraping.SampleLimit),
            ["samples"] = Number.Format(context.Limits.Samples),
            ["longest"] = Ranges.Longest,
            ["kept"] = Number.Format((decimal)Math.Floor(platform.Retention.Prometheus.TotalDays)),
            ["secrets"] = Markdown.Table(["file", "what it holds"], Secrets(platform)),
            ["recorded"] = Recorded.Requests(Ranges.Short),
            ["budgetLeft"] = Recorded.BudgetRemaining(Ranges.Month),
            ["budgetLeftWeek"] = Recorded.BudgetRemaining(Ranges.Week),
            ["coverage"] = Recorded.Coverage(Ranges.Month),
        }) + "\n");
    }

    private static string Severities(RuleContext context)
    {
        var alerts = AlertCatalogue.All(context).GroupBy(alert => alert.Severity).OrderBy(same => same.Key);
        return Markdown.Table(["severity", "alerts", "what to do"], alerts.Select(same => new[]
        {
            RunbookFiles.Told(same.Key, context),
            Number.Format(same.Select(alert => alert.Name).Distinct(StringComparer.Ordinal).Count()),
            same.Key switch { Severity.Critical => "now, at any hour", Severity.Warning => "today, in working hours", Severity.Info => "while you look at a louder one; else in the weekly review", _ => "nothing: they serve the routing" },
        }));
    }

    private static string Volumes(Sizes sizes, Platform platform) => Markdown.Table(["what", "formula", "here"],
    [
        ["series of the services", "the table below", Number.Format(sizes.Services)],
        ["series of exporters and pods", $"exporters × {Sizes.PerExporter} + pods × {Sizes.PerPod}", Number.Format(sizes.Others)],
        ["recorded series", "at most rules × services", Number.Format(sizes.Recorded)],
        ["samples a second", $"series / {Duration.Format(platform.Scraping.Interval)}", Number.Format(Math.Round(sizes.SamplesPerSecond))],
        [$"Prometheus' volume, {Duration.Format(platform.Retention.Prometheus)}", "samples a second × seconds kept × bytes of a sample × reserve", Sizes.Gibibytes(sizes.PrometheusGibibytes)],
        ["Prometheus' memory", "its own + series × KiB of a series", Sizes.Gibibytes(sizes.PrometheusMemory)],
        [$"Loki's volume, {Duration.Format(platform.Retention.Loki)}", "requests a second × lines × bytes × seconds kept / compression", Sizes.Gibibytes(sizes.LokiGibibytes)],
        [$"Tempo's volume, {Duration.Format(platform.Retention.Tempo)}", "requests a second × spans × part kept × bytes × seconds kept", Sizes.Gibibytes(sizes.TempoGibibytes)],
    ]);

    private static string Assumptions() => Markdown.Table(["assumption", "value"],
    [
        ["replicas of a service", Number.Format(Sizes.Replicas)],
        ["series of an exporter, of a pod in kubelet and kube-state-metrics", $"{Sizes.PerExporter}, {Sizes.PerPod}"],
        ["bytes of a sample on disk", Number.Format(Sizes.BytesPerSample)],
        ["reserve for the log of writes, the head and compaction", $"× {Number.Format(Sizes.PrometheusReserve)}"],
        ["memory of Prometheus itself, of a series in the head, queries included", $"{Number.Format(Sizes.MemoryItself)} GiB, {Number.Format(Sizes.MemoryPerSeries)} KiB"],
        ["requests a second, over all services", Number.Format(Sizes.Requests)],
        ["log lines of a request, bytes of a line, Loki's compression", $"{Number.Format(Sizes.LinesPerRequest)}, {Number.Format(Sizes.BytesPerLine)}, {Number.Format(Sizes.LogCompression)}"],
        ["spans of a request, bytes of a span, part of traces kept", $"{Number.Format(Sizes.SpansPerRequest)}, {Number.Format(Sizes.BytesPerSpan)}, {Number.Percent(Sizes.Sampled)}"],
    ]);

    private static IEnumerable<string[]> Secrets(Platform platform) =>
    [
        [Markdown.Name(platform.Receivers.SlackUrlFile), "the address of Slack's incoming webhook"],
        [Markdown.Name(platform.Receivers.PagerDutyKeyFile), "the routing key of a PagerDuty service (Events v2)"],
        [Markdown.Name(platform.Receivers.DeadManUrlFile), "the address of the dead-man's switch"],
        .. platform.Services.Where(service => service.Scrape.BearerTokenFile.Length > 0).Select(service => new[] { Markdown.Name(service.Scrape.BearerTokenFile), $"the token that {service.Name} asks of a scrape" }),
    ];
}
