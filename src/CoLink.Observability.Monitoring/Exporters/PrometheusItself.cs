namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>Prometheus, version 2.42 and later.</summary>
internal static class PrometheusItself
{
    public static readonly ExporterMetric RuleFailures = new("prometheus_rule_evaluation_failures_total", "counter", "rule_group");
    public static readonly ExporterMetric IterationsMissed = new("prometheus_rule_group_iterations_missed_total", "counter", "rule_group");
    public static readonly ExporterMetric GroupDuration = new("prometheus_rule_group_last_duration_seconds", "gauge", "rule_group");
    public static readonly ExporterMetric GroupInterval = new("prometheus_rule_group_interval_seconds", "gauge", "rule_group");
    public static readonly ExporterMetric Alertmanagers = new("prometheus_notifications_alertmanagers_discovered", "gauge");
    public static readonly ExporterMetric NotificationsDropped = new("prometheus_notifications_dropped_total", "counter");
    public static readonly ExporterMetric ReloadSuccessful = new("prometheus_config_last_reload_successful", "gauge");
    public static readonly ExporterMetric SampleLimitHit = new("prometheus_target_scrapes_exceeded_sample_limit_total", "counter");
    public static readonly ExporterMetric HeadSeries = new("prometheus_tsdb_head_series", "gauge");
    public static readonly ExporterMetric StorageBytes = new("prometheus_tsdb_storage_blocks_bytes", "gauge");
    public static readonly ExporterMetric CompactionsFailed = new("prometheus_tsdb_compactions_failed_total", "counter");
    public static readonly ExporterMetric WalCorruptions = new("prometheus_tsdb_wal_corruptions_total", "counter");
    public static readonly ExporterMetric SamplesAppended = new("prometheus_tsdb_head_samples_appended_total", "counter", "type");

    public static readonly Exporter Instance = new("prometheus", 9090, "2.42 to 3.14", "Prometheus itself",
    [
        RuleFailures, IterationsMissed, GroupDuration, GroupInterval, Alertmanagers, NotificationsDropped, ReloadSuccessful, SampleLimitHit,
        HeadSeries, StorageBytes, CompactionsFailed, WalCorruptions, SamplesAppended,
    ]);
}
