namespace CoLink.Observability.Catalogue;

/// <summary>What the library says about itself.</summary>
internal static class SelfCatalogue
{
    public const string BuildInfoName = "colink_build_info";

    public const string StaticRegistrySource = "prometheus_static_registry";

    private static readonly MetricLabel Signal = MetricLabel.OneOf("signal", "logs", "traces");

    private const string Export = "the export of traces, the library's or the app's own by OTLP";

    private static readonly MetricLabel ScrapeOutcome = MetricLabel.OneOf("outcome", "success", "unauthorized", "forbidden", "busy", "aborted", "failed");

    public static readonly MetricDefinition BuildInfo = new(
        BuildInfoName, MetricKind.Gauge, "Always 1; its labels say which service, and which version of it and of the library, this is.",
        "service", "namespace", "version", "environment", "library_version")
    { FilledBy = "once, at start" };

    public static readonly MetricDefinition Series = new(
        "colink_telemetry_series", MetricKind.Gauge, "Series of each metric now, the _other ones included.", "metric")
    { FilledBy = "each scrape" };

    public const string LabelValuesRefusedName = "colink_telemetry_label_values_refused_total";

    public static readonly MetricDefinition LabelValuesRefused = new(
        LabelValuesRefusedName, MetricKind.Counter, "Records whose label values the guard refused and folded into _other.", "metric")
    { FilledBy = "the label guard" };

    public const string ObserverErrorsName = "colink_telemetry_observer_errors_total";

    public static readonly MetricDefinition ObserverErrors = new(
        ObserverErrorsName, MetricKind.Counter, "Failures of the library's own observers; the host was not affected, but a metric may be short.",
        MetricLabel.OneOf("observer", Observers.All))
    { FilledBy = "the failing observer" };

    public const string SourceActiveName = "colink_telemetry_source_active";

    public static readonly MetricDefinition SourceActive = new(
        SourceActiveName, MetricKind.Gauge, "1 while a source that is listened to by name exists in the process, 0 while it does not.",
        MetricLabel.OneOf("source", ["System.Runtime", StaticRegistrySource, .. Sources.All]))
    { FilledBy = "each by-name listener" };

    public static readonly MetricDefinition Scrapes = new(
        "colink_telemetry_scrapes_total", MetricKind.Counter, "Scrapes, by how they ended.", ScrapeOutcome)
    { FilledBy = "each scrape, seen by the next" };

    public static readonly MetricDefinition ScrapeDuration = new(
        "colink_telemetry_scrape_duration_seconds", MetricKind.Histogram, "Time from the arrival of a scrape to its last byte, by how it ended.", ScrapeOutcome)
    { Buckets = Buckets.ScrapeSeconds, FilledBy = "each scrape, seen by the next" };

    public static readonly MetricDefinition ScrapeBytes = new(
        "colink_telemetry_scrape_bytes", MetricKind.Gauge, "Size of the last scrape before compression, by how it ended.", ScrapeOutcome)
    { FilledBy = "each scrape, seen by the next" };

    public static readonly MetricDefinition ListenerUp = new(
        "colink_telemetry_listener_up", MetricKind.Gauge, "1 while the library's own port for scrapes listens, 0 while it does not; absent where the app's port answers.")
    { FilledBy = "the listener of `Metrics:Port`" };

    public const string SpansName = "colink_telemetry_spans_total";

    public static readonly MetricDefinition Spans = new(
        SpansName, MetricKind.Counter, "Spans that were to be exported, by their fate.", MetricLabel.OneOf("outcome", "exported", "failed", "dropped"))
    { FilledBy = Export };

    public const string ExportFailuresName = "colink_telemetry_export_failures_total";

    public static readonly MetricDefinition ExportFailures = new(
        ExportFailuresName, MetricKind.Counter, "Exports that failed, by signal and reason.",
        Signal, MetricLabel.OneOf("reason", "unreachable", "timeout", "refused", "unauthorized", "tls", "too_large", "other"))
    { FilledBy = Export + "; each push to Loki that it does not take now, where `Logging:Loki:Url` is set" };

    public static readonly MetricDefinition ConsecutiveFailures = new(
        "colink_telemetry_export_consecutive_failures", MetricKind.Gauge, "Exports that have failed since the last one that did not; 0 while the export works.", Signal)
    { FilledBy = Export };

    public static readonly MetricDefinition LastSuccess = new(
        "colink_telemetry_last_success_timestamp_seconds", MetricKind.Gauge, "When an export last succeeded, in seconds since 1970-01-01 UTC; absent until one has.", Signal)
    { FilledBy = "each push that Loki takes, each export of spans that the collector takes" };

    public static readonly MetricDefinition[] All =
    [
        BuildInfo, Series, LabelValuesRefused, ObserverErrors, SourceActive, Scrapes, ScrapeDuration, ScrapeBytes, ListenerUp,
        .. LogCatalogue.All, Spans, ExportFailures, ConsecutiveFailures, LastSuccess,
    ];

    public static bool Has(string metric) => All.Any(own => own.Name == metric);
}
