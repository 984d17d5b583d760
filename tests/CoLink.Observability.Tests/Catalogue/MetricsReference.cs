using System.Globalization;
using System.Text;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Tests.Catalogue;

/// <summary>Renders the catalogue as <c>docs/metrics.md</c>.</summary>
internal static class MetricsReference
{
    /// <summary>The families in the catalogue's order, each with the sentence that opens its section.</summary>
    public static IReadOnlyList<(string Title, string About, MetricDefinition[] Metrics)> Families { get; } =
    [
        ("HTTP", "Per host. `endpoint` is the route template first matched, with a leading slash; `unmatched` where no route took the request, `static` for every static file. Paths of `ExcludedPaths`, scrapes and endpoints with `DisableHttpMetrics()` are not measured.", HttpCatalogue.All),
        ("Business", "Per host. The events are absent until the service resolves `BusinessMetrics`; from then on every combination exists, at 0. The operations begin with the first of each name, or at 0 when it is declared; one that is declared with labels is also in `{name}_operations_total` and `{name}_operation_duration_seconds`, which have those labels and `outcome`.", BusinessCatalogue.All),
        ("Database", "Per process: drivers are heard by name, and two hosts in one process show the same numbers. A command, and a connection that could not be had, is counted once: by its driver where that is heard itself, else by Entity Framework. What nobody tells is absent, never 0. `pool` is the name of a data source, or a number that stands for a connection string as long as that pool lives; `database` is empty where only such a name is known. A SQLite database has the name of its file.", DatabaseCatalogue.All),
        ("Cache", "", CacheCatalogue.All),
        ("WebSockets", "", WebSocketCatalogue.All),
        ("Kafka", "", KafkaCatalogue.All),
        ("Health", "Per host, in services that have health checks. What is at 0 or 0.5 is as old as the check's last run: a check that nobody runs any more keeps its last value. `colink_telemetry` is the library's own check: degraded while logs or traces do not get where they should, never unhealthy.", HealthCatalogue.All),
        ("Process and .NET runtime", "Per process: two hosts in one process show the same numbers.", RuntimeCatalogue.All),
        ("The service and the library itself", "What the service's operators need to know when the metrics above are not the whole truth.", SelfCatalogue.All),
    ];

    public static string Render()
    {
        var text = new StringBuilder("""
            # Metrics

            <!-- Rendered from src/CoLink.Observability/Catalogue by MetricsReferenceTests; edit it there. -->

            Every metric of the library, as it stands at `/metrics`. Names, labels and units are a contract: renaming one is a breaking change.

            - A label with `*` is bounded: it takes one of the values listed below its table, and keeps them when a metric overflows. The values of every other label are open, and the label guard bounds their number: beyond `Metrics:MaxSeriesPerMetric` (default 1000 series a metric) they become `_other`, which `colink_telemetry_label_values_refused_total` counts.
            - A name ends in its unit; a counter's name ends in `_total` after it.
            - A histogram has the series `_bucket`, `_sum` and `_count`; the bucket `+Inf` is implied in the tables.
            - ◆ marks metrics that carry exemplars in OpenMetrics: trace id and span id of a sampled span, for each bucket and each counter a new one after each scrape.

            """);

        foreach (var (title, about, metrics) in Families)
            Section(text, title, about, [.. metrics.Where(metric => metric.Stability == MetricStability.Stable)], isFilled: true);

        text.Append("""

            ## Reserved, filled by nothing in this version

            These names belong to the platform. A service's own metric may not take one, and none of them is at `/metrics` in this version: their absence says nothing about the service.

            """);
        foreach (var (title, _, metrics) in Families)
            Section(text, title, "", [.. metrics.Where(metric => metric.Stability == MetricStability.Planned)], isFilled: false);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, string about, MetricDefinition[] metrics, bool isFilled)
    {
        if (metrics.Length == 0)
            return;
        text.Append('\n').Append(isFilled ? "## " : "### ").Append(title).Append("\n\n");
        if (about.Length > 0)
            text.Append(about).Append("\n\n");
        text.Append(isFilled ? "| metric | type | unit | labels | meaning | filled by |\n|---|---|---|---|---|---|\n" : "| metric | type | unit | labels | meaning |\n|---|---|---|---|---|\n");
        foreach (var metric in metrics)
        {
            string[] cells =
            [
                $"`{metric.Name}`{(metric.Exemplars ? " ◆" : "")}", Lower(metric.Kind), metric.Unit,
                string.Join(", ", metric.Labels.Select(label => $"`{label.Name}`{(label.IsBounded ? "*" : "")}")), metric.Help, .. isFilled ? [metric.FilledBy] : Array.Empty<string>(),
            ];
            text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }

        Notes(text, metrics);
    }

    private static void Notes(StringBuilder text, MetricDefinition[] metrics)
    {
        var bounded = metrics.SelectMany(metric => metric.Labels.Where(label => label.IsBounded).Select(label => (metric.Name, Line: $"`{label.Name}`*: {string.Join(", ", label.Values.Select(value => $"`{value}`"))}"))).ToArray();
        var buckets = metrics.Where(metric => metric.Buckets.Count > 0).Select(metric => (metric.Name, Line: $"buckets of `{metric.Name}`: {string.Join(", ", metric.Buckets.Select(bound => bound.ToString(CultureInfo.InvariantCulture)))} {metric.Unit}")).ToArray();
        if (bounded.Length + buckets.Length == 0)
            return;

        text.Append('\n');
        foreach (var group in bounded.GroupBy(label => label.Line))
        {
            // The metrics are named only where one label name has several sets of values.
            var label = group.Key[..group.Key.IndexOf(':', StringComparison.Ordinal)];
            var isOnly = bounded.Where(other => other.Line.StartsWith(label + ":", StringComparison.Ordinal)).Select(other => other.Line).Distinct().Count() == 1;
            text.Append("- ").Append(isOnly ? group.Key : $"{label} of {string.Join(", ", group.Select(item => $"`{item.Name}`"))}{group.Key[label.Length..]}").Append('\n');
        }

        foreach (var (_, line) in buckets)
            text.Append("- ").Append(line).Append('\n');
    }

    private static string Lower(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };
}
