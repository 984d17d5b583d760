using CoLink.Observability.Monitoring.PromQl;

namespace CoLink.Observability.Monitoring.Tests.PromQl;

public sealed class QueryReaderTests
{
    [Theory]
    [InlineData("up", "up")]
    [InlineData("sum by (job, x) (rate(a_total{b=\"c d\", e=~'f|g'}[5m])) > 0.05", "a_total{b=c d,e=~f|g}")]
    [InlineData("sum(a) by (job)", "a")]
    [InlineData("a:b:rate5m / on (job) group_left (slo) (c > 0)", "a:b:rate5m c")]
    [InlineData("a offset 1h and on (b) c unless d", "a c d")]
    [InlineData("histogram_quantile(0.95, sum by (le) (rate(a_bucket{le=~\"1|1\\\\.0\"}[$__rate_interval])))", "a_bucket{le=~1|1\\.0}")]
    [InlineData("{__name__=~\"x.*\"} # and comment", "x.*")]
    [InlineData("group by (job) ({__name__=~\"a|b\",c=\"d\"})", "a{c=d} b{c=d}")]
    [InlineData("{a=\"b\"}", "{a=b}")]
    [InlineData("topk(5, a) + 1e3 * 5m", "a")]
    [InlineData("label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")", "a")]
    [InlineData("absent(up{job=\"x\"}) or vector(1) == bool 1", "up{job=x}")]
    [InlineData("max_over_time(a[1h:5m]) * time()", "a")]
    public void Selectors_are_found(string query, string expected) => Assert.Equal(
        expected,
        string.Join(' ', QueryReader.Read(query).Selectors.Select(selector =>
            selector.Metric + (selector.Matchers.Count == 0 ? "" : $"{{{string.Join(',', selector.Matchers.Select(matcher => matcher.Label + matcher.Operator + matcher.Value))}}}"))));

    [Fact]
    public void Labels_that_are_grouped_or_joined_by_are_found() =>
        Assert.Equal(["a", "b", "c", "d"], QueryReader.Read("sum by (a, b) (x) / on (c) group_left (d) y").Groupings);
}
