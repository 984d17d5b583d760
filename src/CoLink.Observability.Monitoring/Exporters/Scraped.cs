namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>What Prometheus itself writes down of every scrape and of every alert.</summary>
internal static class Scraped
{
    public static readonly ExporterMetric Up = new("up", "gauge");
    public static readonly ExporterMetric Duration = new("scrape_duration_seconds", "gauge");
    public static readonly ExporterMetric Samples = new("scrape_samples_post_metric_relabeling", "gauge");
    public static readonly ExporterMetric SeriesAdded = new("scrape_series_added", "gauge");
    public static readonly ExporterMetric Alerts = new("ALERTS", "gauge", "alertname", "alertstate", "severity", "service", "slo", "window");

    public static readonly ExporterMetric[] All = [Up, Duration, Samples, SeriesAdded, Alerts];
}
