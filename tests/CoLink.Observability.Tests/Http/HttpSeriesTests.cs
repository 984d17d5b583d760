using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpSeriesTests
{
    [Fact]
    public void Any_number_of_statuses_are_counted_each_on_its_own()
    {
        var registry = new MetricRegistry(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);
        var series = new HttpMetrics(registry).Series(HttpMethodLabel.Get, "/hello");

        for (var round = 1; round <= 2; round++)
        {
            for (var status = 400; status < 440; status++)
                series.Count(status, span: null);
            for (var status = 400; status < 440; status++)
                Assert.Equal(round, registry.Counter(HttpCatalogue.Requests).Read(["GET", "/hello", $"{status}"]));
        }
    }

    [Fact]
    public void An_endpoint_has_a_duration_from_its_first_timed_request_on()
    {
        var registry = new MetricRegistry(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);
        var series = new HttpMetrics(registry).Series(HttpMethodLabel.Get, "/hello");

        series.Count(101, span: null);
        Assert.Equal(0, registry.Histogram(HttpCatalogue.Duration).SeriesCount);

        series.Time(0.25, span: null);
        series.Time(0.5, span: null);
        var duration = registry.Histogram(HttpCatalogue.Duration).With("GET", "/hello");
        Assert.Equal((1, 2, 0.75), (registry.Histogram(HttpCatalogue.Duration).SeriesCount, duration.Count, duration.Sum));
    }
}
