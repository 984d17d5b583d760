using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.PromQl;

/// <summary>A query for what is not there is silent for ever, so it is found here.</summary>
public sealed class DriftTests
{
    private static readonly KnownMetrics Known = new(Committed.Context);

    [Fact]
    public void Every_query_asks_for_what_there_is() => Assert.Empty(Drift.Of(AllQueries.Of(Committed.Context), Known));

    [Theory]
    [InlineData("http_request_total", "no metric is called 'http_request_total'")]
    [InlineData("http_request_duration_seconds", "no metric is called 'http_request_duration_seconds'")]
    [InlineData("http_requests_total{code=\"500\"}", "http_requests_total has no label 'code'; it has method, endpoint, status, cluster")]
    [InlineData("http_requests_total{method=\"get\"}", "http_requests_total has no method 'get'; it has GET, POST")]
    [InlineData("http_requests_total{method!~\"GET|FETCH\"}", "http_requests_total has no method 'FETCH'")]
    [InlineData("sum by (job, route) (http_requests_total)", "none of its metrics has the label 'route' that it groups by")]
    [InlineData("pg_stat_statements_mean_exec_time_seconds", "no metric is called 'pg_stat_statements_mean_exec_time_seconds'")]
    [InlineData("redis_memory_used_bytes{job=\"redis-exporter\",server=\"x\"}", "redis_memory_used_bytes has no label 'server'")]
    [InlineData("pg_replication_lag", "no metric is called 'pg_replication_lag'")]
    public void What_there_is_not_is_named(string query, string expected) =>
        Assert.Contains(expected, Assert.Single(Drift.Of([new NamedQuery("x", query)], Known)), StringComparison.Ordinal);

    [Theory]
    [InlineData("sum by (job, le) (rate(http_request_duration_seconds_bucket{endpoint=~\"/api/.*\",job=\"a\"}[5m]))")]
    [InlineData("slo:error_budget_remaining:ratio30d{slo=\"availability\"}")]
    [InlineData("sum by (server) (redis_memory_used_bytes{job=\"users-service\",server=\"x\"})")]
    [InlineData("up{job=\"x\"} == 0")]
    public void What_there_is_is_left_alone(string query) => Assert.Empty(Drift.Of([new NamedQuery("x", query)], Known));
}
