using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Helm;

/// <summary>How large each backend's volume is: what a day brings, times the days, times a third more for what is being compacted.</summary>
internal static class Volumes
{
    /// <summary>A service's replicas, each with as many samples a scrape as one with every family on had.</summary>
    private const int Replicas = 3;
    private const int Samples = 5_000;

    /// <summary>Bytes that Prometheus keeps of a sample, by its own documentation 1 to 2.</summary>
    private const double SampleBytes = 2;

    /// <summary>A day of a service's compressed log lines and of its spans, in GiB; an assumption to be measured after a week.</summary>
    private const double LogsADay = 0.2;
    private const double SpansADay = 0.5;

    private const double Spare = 4 / 3.0;
    private const double GiB = 1024d * 1024 * 1024;

    public static string Prometheus(Platform platform) => Size(
        platform.Services.Count * Replicas * Samples * (TimeSpan.FromDays(1) / platform.Scraping.Interval) * SampleBytes / GiB, platform.Retention.Prometheus);

    public static string Loki(Platform platform) => Size(platform.Services.Count * LogsADay, platform.Retention.Loki);

    public static string Tempo(Platform platform) => Size(platform.Services.Count * SpansADay, platform.Retention.Tempo);

    private static string Size(double aDay, TimeSpan kept) => $"{(int)Math.Ceiling(aDay * kept.TotalDays * Spare)}Gi";
}
