using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Catalogue;

public sealed class MetricsReferenceTests
{
    [Fact]
    public void The_committed_reference_is_what_the_catalogue_says() => Golden.Check("docs/metrics.md", MetricsReference.Render());

    [Fact]
    public void The_reference_has_every_metric_once() =>
        Assert.Equal(MetricCatalogue.All, MetricsReference.Families.SelectMany(family => family.Metrics));

    [Fact]
    public void No_name_is_taken_twice() =>
        Assert.Equal(MetricCatalogue.All.Count, MetricCatalogue.All.Select(metric => MetricUnits.FamilyName(metric.Name)).Distinct().Count());

    [Fact]
    public void Every_metric_keeps_the_rules_that_a_services_own_must_keep() => Assert.All(MetricCatalogue.All, MetricNames.Check);

    [Fact]
    public void Every_help_is_a_sentence() =>
        Assert.All(MetricCatalogue.All, metric => Assert.Matches(@"^[A-Z0-9][^\n]*\.$", metric.Help));

    [Fact]
    public void Who_fills_a_metric_is_said_where_it_is_filled_and_only_there() =>
        Assert.All(MetricCatalogue.All, metric => Assert.Equal(metric.Stability == MetricStability.Stable, metric.FilledBy.Length > 0));

    /// <summary>The handbook's seconds, bytes and cores; a new unit wants a look at the rules and at the dashboards.</summary>
    [Fact]
    public void A_unit_is_one_of_the_base_units() =>
        Assert.Equal(["", "bytes", "cores", "seconds"], MetricCatalogue.All.Select(metric => metric.Unit).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("http_requests_total")]
    [InlineData("http_requests")]
    [InlineData("redis_hits_total")]
    [InlineData("colink_anything")]
    public void A_services_own_metric_may_not_take_a_name_of_the_platforms(string name) => Assert.True(MetricCatalogue.Reserves(name));

    [Theory]
    [InlineData("orders_total")]
    [InlineData("http_requests_retried_total")]
    [InlineData("colinked_total")]
    public void Other_names_are_free(string name) => Assert.False(MetricCatalogue.Reserves(name));
}
