using System.Globalization;
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
        registry.BeforeScrape(Observers.Http, ShowInProgress);
    }

    /// <summary>The requests that the gauge of requests in progress shows.</summary>
    public HttpExchanges Exchanges { get; } = new();

    /// <param name="series">The series of its method and endpoint.</param>
    /// <param name="status">What was answered.</param>
    /// <param name="seconds">How long it took; null where that is the life of a stream or a socket.</param>
    public static void Finished(HttpSeries series, int status, double? seconds)
    {
        var span = Exemplars.SampledSpan;

        // A scrape reads the count first: a request that it counts is timed in it.
        if (seconds is { } time)
            series.Time(time, span);
        series.Count(status, span);
    }

    public HttpSeries Series(int method, string endpoint) => new(HttpMethodLabel.Name(method), endpoint, _requests, _duration);

    /// <summary>Has a request counter exist, at 0 where it is new, as long as there are fewer than the limit; false where it does not.</summary>
    public bool TryCreate(int method, string endpoint, int status, int limit)
    {
        var (name, code) = (HttpMethodLabel.Name(method), status.ToString(CultureInfo.InvariantCulture));
        if (_requests.Read([name, endpoint, code]) is not null)
            return true;
        if (_requests.SeriesCount >= limit)
            return false;
        _requests.With(name, endpoint, code);
        return true;
    }

    private void ShowInProgress()
    {
        Span<long> now = stackalloc long[_inProgress.Length];
        Exchanges.CountInProgress(now);
        for (var method = 0; method < now.Length; method++)
            _inProgress[method].Set(now[method]);
    }
}
