using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Http;

/// <summary>The HTTP family: what is said about a request.</summary>
internal sealed class HttpMetrics
{
    private readonly CounterFamily _requests;
    private readonly HistogramFamily _duration;
    private readonly GaugeSeries[] _inProgress;

    public HttpMetrics(MetricRegistry registry)
    {
        _requests = registry.Counter(HttpCatalogue.Requests);
        _duration = registry.Histogram(HttpCatalogue.Duration);
        var inProgress = registry.Gauge(HttpCatalogue.InProgress);
        _inProgress = [.. HttpCatalogue.Methods.Select(method => inProgress.With(method))];
    }

    public void Started(int method) => _inProgress[method].Inc();

    /// <summary>The request ended, or was upgraded and is a connection from now on.</summary>
    public void Released(int method) => _inProgress[method].Dec();

    /// <param name="series">The series of its method and endpoint.</param>
    /// <param name="status">What was answered.</param>
    /// <param name="elapsed">How long it took; null where that is the life of a stream or a socket.</param>
    public static void Finished(HttpSeries series, int status, TimeSpan? elapsed)
    {
        var isSpanSampled = Exemplars.IsSpanSampled;
        series.Count(status, isSpanSampled);
        if (elapsed is { } time)
            series.Time(time.TotalSeconds, isSpanSampled);
    }

    public HttpSeries Series(int method, string endpoint) => new(HttpMethodLabel.Name(method), endpoint, _requests, _duration);

    /// <summary>How many request counters exist now.</summary>
    public int RequestSeries => _requests.SeriesCount;
}
