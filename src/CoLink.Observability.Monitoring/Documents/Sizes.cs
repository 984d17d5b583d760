using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>How large the volumes must be. Every number that is not of the platform is an assumption, and stands in the document's table.</summary>
internal sealed class Sizes(RuleContext context)
{
    /// <summary>Replicas of a service.</summary>
    public const int Replicas = 3;

    /// <summary>Series of an exporter, of a part of the pipeline, and of a pod in kubelet and kube-state-metrics together.</summary>
    public const int PerExporter = 1500;
    public const int PerPod = 150;

    /// <summary>What Prometheus' own documentation gives as the upper end, after compression.</summary>
    public const decimal BytesPerSample = 2;

    /// <summary>The log of writes, the head, and compaction, which needs room beside what it compacts.</summary>
    public const decimal PrometheusReserve = 1.5m;

    /// <summary>Kibibytes of memory a series in the head takes, queries included, and what Prometheus takes itself, in GiB.</summary>
    public const decimal MemoryPerSeries = 8;
    public const decimal MemoryItself = 1;

    /// <summary>Requests a second, over all services; log lines of a request and their bytes; how far Loki compresses them.</summary>
    public const decimal Requests = 200;
    public const decimal LinesPerRequest = 1.5m;
    public const decimal BytesPerLine = 350;
    public const decimal LogCompression = 5;

    /// <summary>Spans of a request over all services, bytes of each in Tempo, and the part of traces that is kept.</summary>
    public const decimal SpansPerRequest = 10;
    public const decimal BytesPerSpan = 150;
    public const decimal Sampled = 0.1m;

    private const decimal Day = 86_400;
    private const decimal Gibi = 1024 * 1024 * 1024;

    private Platform Platform => context.Platform;

    public int Services => Platform.Services.Sum(Cardinality.Expected) * Replicas;

    public int Others => AllExporters.Watched(Platform).Count * PerExporter + Platform.Services.Count * Replicas * PerPod;

    /// <summary>At most: a rule has a series for each service, or is one series itself.</summary>
    public int Recorded => RuleGroups.Of(context).SelectMany(group => group.Rules).OfType<RecordingRule>().Sum(rule => rule.Labels.ContainsKey("job") ? 1 : Platform.Services.Count);

    public int Series => Services + Others + Recorded;

    public decimal SamplesPerSecond => Series / (decimal)Platform.Scraping.Interval.TotalSeconds;

    public decimal PrometheusGibibytes => SamplesPerSecond * Seconds(Platform.Retention.Prometheus) * BytesPerSample * PrometheusReserve / Gibi;

    public decimal PrometheusMemory => MemoryItself + Series * MemoryPerSeries / 1024 / 1024;

    public decimal LokiGibibytes => Requests * LinesPerRequest * BytesPerLine * Seconds(Platform.Retention.Loki) / LogCompression / Gibi;

    public decimal TempoGibibytes => Requests * SpansPerRequest * Sampled * BytesPerSpan * Seconds(Platform.Retention.Tempo) / Gibi;

    /// <summary>Rounded up: a volume has no decimals.</summary>
    public static string Gibibytes(decimal size) => $"{Number.Format(Math.Ceiling(size))} GiB";

    private static decimal Seconds(TimeSpan retention) => (decimal)retention.TotalDays * Day;
}
