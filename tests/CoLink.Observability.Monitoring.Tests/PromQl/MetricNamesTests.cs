using CoLink.Observability.Monitoring.PromQl;

namespace CoLink.Observability.Monitoring.Tests.PromQl;

public sealed class MetricNamesTests
{
    [Theory]
    [InlineData("up", "up")]
    [InlineData("sum by (job, endpoint) (rate(http_requests_total{status=~\"5..\"}[5m]))", "http_requests_total")]
    [InlineData("sum(rate(a_total[5m])) by (job) / on (job) group_left (team) b", "a_total b")]
    [InlineData("sum without (pod) (a) > bool 1e3 and on () b offset 1w", "a b")]
    [InlineData("job:a:rate5m == 0 unless ignoring (x) job:b:rate5m", "job:a:rate5m job:b:rate5m")]
    [InlineData("label_replace(a, \"b\", \"c\", 'd_total', \"(e\\\")\") # f_total\n+ g", "a g")]
    [InlineData("max_over_time(a[1h:5m]) * 5m_total_is_no_number", "a")]
    [InlineData("{__name__=\"a\",job=\"b\"} or {__name__=~\"c.*\"} or {__name__!=\"d\"}", "a")]
    [InlineData("topk(5, a) or vector(0) or Inf or NaN or count(b) or time()", "a b")]
    [InlineData("a / a", "a")]
    [InlineData("predict_linear(a[6h], 86400) @ 1609746000", "a")]
    public void Names_are_told_from_everything_else(string expr, string names) => Assert.Equal(names.Split(' '), MetricNames.Of(expr));

    [Fact]
    public void Nothing_unfinished_runs_over_the_end() =>
        Assert.All(new[] { "a{b=\"c", "a[5m", "sum by (", "a{", "'", "#", "" }, expr => Assert.True(MetricNames.Of(expr).Count <= 1));
}
