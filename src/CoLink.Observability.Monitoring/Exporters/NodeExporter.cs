namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>prometheus/node_exporter.</summary>
internal static class NodeExporter
{
    public static readonly ExporterMetric CpuSeconds = new("node_cpu_seconds_total", "counter", "cpu", "mode");
    public static readonly ExporterMetric MemoryAvailable = new("node_memory_MemAvailable_bytes", "gauge");
    public static readonly ExporterMetric MemoryTotal = new("node_memory_MemTotal_bytes", "gauge");
    public static readonly ExporterMetric DiskAvailable = new("node_filesystem_avail_bytes", "gauge", "device", "fstype", "mountpoint");
    public static readonly ExporterMetric DiskSize = new("node_filesystem_size_bytes", "gauge", "device", "fstype", "mountpoint");

    public static readonly Exporter Instance = new("node-exporter", 9100, "1.5 and later", "the nodes",
        [CpuSeconds, MemoryAvailable, MemoryTotal, DiskAvailable, DiskSize]);
}
