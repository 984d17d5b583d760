namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>Where alerts, logs and traces go.</summary>
internal static class Backends
{
    public static readonly ExporterMetric NotificationsFailed = new("alertmanager_notifications_failed_total", "counter", "integration", "reason");
    public static readonly ExporterMetric Notifications = new("alertmanager_notifications_total", "counter", "integration");
    public static readonly ExporterMetric AlertmanagerReload = new("alertmanager_config_last_reload_successful", "gauge");

    public static readonly ExporterMetric LokiRequests = new("loki_request_duration_seconds", "histogram", "method", "route", "status_code", "ws");
    public static readonly ExporterMetric LokiDiscarded = new("loki_discarded_samples_total", "counter", "reason", "tenant");

    public static readonly ExporterMetric SpansRefused = new("otelcol_receiver_refused_spans_total", "counter", "receiver", "transport");
    public static readonly ExporterMetric SpansNotSent = new("otelcol_exporter_send_failed_spans_total", "counter", "exporter");

    // Names as of exporter/exporterhelper/documentation.md of open-telemetry/opentelemetry-collector; its Prometheus reader adds _total.
    public static readonly ExporterMetric SpansNotQueued = new("otelcol_exporter_enqueue_failed_spans_total", "counter", "exporter");
    public static readonly ExporterMetric QueueSize = new("otelcol_exporter_queue_size", "gauge", "exporter");
    public static readonly ExporterMetric QueueCapacity = new("otelcol_exporter_queue_capacity", "gauge", "exporter");

    public static readonly Exporter Alertmanager = new("alertmanager", 9093, "0.25 to 0.34", "Alertmanager", [NotificationsFailed, Notifications, AlertmanagerReload]);
    public static readonly Exporter Loki = new("loki", 3100, "3", "Loki", [LokiRequests, LokiDiscarded]);
    public static readonly Exporter Alloy = new("alloy", 12345, "1.11", "Alloy, the shipper of logs", []);
    public static readonly Exporter Collector = new("otel-collector", 8888, "0.110 and later", "the OpenTelemetry collector", [SpansRefused, SpansNotSent, SpansNotQueued, QueueSize, QueueCapacity]);
    public static readonly Exporter Tempo = new("tempo", 3200, "2", "Tempo", []);
}
