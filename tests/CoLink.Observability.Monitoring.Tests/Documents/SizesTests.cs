using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Documents;

public sealed class SizesTests
{
    private static readonly Sizes Here = new(Committed.Context);

    [Fact]
    public void The_limit_of_a_scrape_lies_above_all_that_the_label_guard_allows() =>
        Assert.True(Cardinality.Most() < Committed.Platform.Scraping.SampleLimit, $"{Cardinality.Most()}");

    [Fact]
    public void What_is_expected_is_far_below_what_is_told() =>
        Assert.All(Committed.Platform.Services, service => Assert.InRange(Cardinality.Expected(service), 500, (int)Committed.Platform.Thresholds.Samples / 2));

    [Fact]
    public void What_a_service_depends_on_counts()
    {
        var alone = Committed.Platform.Services[0] with { Dependencies = [] };
        var kafka = alone with { Dependencies = [Dependency.Kafka] };
        // Three topics consumed, lag and count; produced ones; rebalances; five kinds of errors.
        Assert.Equal(3 + 3 + 3 + 1 + 5, Cardinality.Expected(kafka) - Cardinality.Expected(alone));
    }

    [Fact]
    public void A_histogram_has_a_line_a_bucket_and_three_more() => Assert.Equal(HttpCatalogue.Duration.Buckets.Count + 3, Cardinality.Lines(HttpCatalogue.Duration));

    [Fact]
    public void Twice_the_retention_is_twice_the_volume()
    {
        var longer = new Sizes(new(Committed.Platform with { Retention = Committed.Platform.Retention with { Prometheus = Committed.Platform.Retention.Prometheus * 2 } }, Committed.Context.Time));
        Assert.Equal(2 * Here.PrometheusGibibytes, longer.PrometheusGibibytes, 6);
        Assert.Equal(Here.LokiGibibytes, longer.LokiGibibytes);
    }

    [Fact]
    public void The_volume_of_Prometheus_follows_its_formula() =>
        Assert.Equal(Here.Series / 15m * 35 * 86_400 * 2 * 1.5m / 1_073_741_824, Here.PrometheusGibibytes, 6);
}
