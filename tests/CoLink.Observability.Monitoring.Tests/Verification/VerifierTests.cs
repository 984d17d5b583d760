using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Verification;

namespace CoLink.Observability.Monitoring.Tests.Verification;

public sealed class VerifierTests
{
    private static readonly KnownMetrics Known = new(Committed.Context);

    [Fact]
    public void What_no_endpoint_serves_is_named_with_who_asks()
    {
        var live = new LiveMetrics();
        live.Add("# HELP http_requests_total x\nhttp_requests_total{method=\"GET\",endpoint=\"/a}\\\"b\"} 1\r\nup_ 2 3\n");

        var missing = Verifier.Missing(
            [
                new NamedQuery("alert A", "rate(http_requests_total{method=\"GET\",status=~\"5..\",job=\"x\"}[5m])"),
                new NamedQuery("panel B", "http_requests_in_progress + pg_up + job:up:max"),
                new NamedQuery("panel C", "http_requests_in_progress"),
            ],
            Known,
            live);

        Assert.Equal(
            [
                "http_requests_in_progress is at none of the endpoints: queried by panel B, panel C.",
                "http_requests_total has no label status at any of the endpoints: queried by alert A.",
            ],
            missing);
    }

    [Theory]
    [InlineData("<html>", "line 1 is no sample: '<html>'")]
    [InlineData("a 1\n{b=\"c\"} 1", "line 2 is no sample")]
    public void What_is_no_exposition_is_refused_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => new LiveMetrics().Add(text)).Message, StringComparison.Ordinal);
}
