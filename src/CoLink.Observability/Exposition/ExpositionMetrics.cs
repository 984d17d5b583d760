using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Exposition;

/// <summary>The scrape's own family.</summary>
internal sealed class ExpositionMetrics(MetricRegistry registry)
{
    public const string Success = "success";
    public const string Unauthorized = "unauthorized";
    public const string Forbidden = "forbidden";
    public const string Busy = "busy";
    public const string Aborted = "aborted";
    public const string Failed = "failed";

    private readonly CounterFamily _scrapes = Zeroed(registry.Counter(SelfCatalogue.Scrapes));
    private readonly HistogramFamily _duration = registry.Histogram(SelfCatalogue.ScrapeDuration);
    private readonly GaugeFamily _bytes = registry.Gauge(SelfCatalogue.ScrapeBytes);

    public void Finished(string outcome, TimeSpan elapsed, long bytes)
    {
        _scrapes.With(outcome).Inc();
        _duration.With(outcome).Observe(elapsed.TotalSeconds);
        if (bytes > 0)
            _bytes.With(outcome).Set(bytes);
    }

    /// <summary>The first refused scrape must be an increase.</summary>
    private static CounterFamily Zeroed(CounterFamily scrapes)
    {
        foreach (var outcome in scrapes.Definition.Labels[0].Values)
            scrapes.With(outcome);
        return scrapes;
    }
}
