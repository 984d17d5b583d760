using CoLink.Observability.Monitoring.Commands;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Commands;

public sealed class ExplainTests
{
    [Theory]
    [InlineData("CoLinkHighErrorRate")]
    [InlineData("colinkhigherrorrate")]
    public void An_alert_is_explained(string name)
    {
        var (code, output, _) = Explain(name);
        Assert.Equal(MonitoringCommand.Success, code);
        Assert.Contains("end with a 5xx", output, StringComparison.Ordinal);
        Assert.Contains("tells:     critical: a page", output, StringComparison.Ordinal);
        Assert.Contains("threshold: more than 5 % of at least 5 failures within 5 minutes", output, StringComparison.Ordinal);
        Assert.Contains("  job:http_requests_errors:ratio_rate5m > 0.05", output, StringComparison.Ordinal);
        Assert.Contains("runbooks/CoLinkHighErrorRate.md", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_form_of_an_alert_is_explained()
    {
        var (_, output, _) = Explain("CoLinkErrorBudgetBurn");
        Assert.Contains("form:      1h, 14.4 times", output, StringComparison.Ordinal);
        Assert.Contains("tells:     warning", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ServiceDown", "CoLinkServiceDown")]
    [InlineData("CoLinkHihgErorRate", "CoLinkHighErrorRate")]
    [InlineData("redisdwn", "CoLinkRedisDown")]
    [InlineData("pool", "CoLinkDbPoolExhausted")]
    public void An_unknown_name_is_refused_with_the_near_ones(string name, string near)
    {
        var (code, output, error) = Explain(name);
        Assert.Equal(MonitoringCommand.Invalid, code);
        Assert.Empty(output);
        Assert.Contains(near, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_like_none_is_refused() =>
        Assert.Contains("There is no alert 'zzzzzzzz'; prometheus-rules.yml names them.", Explain("zzzzzzzz").Error, StringComparison.Ordinal);

    private static (int Code, string Output, string Error) Explain(string name)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = MonitoringCommand.Create().Parse(["explain", name, "--directory", Committed.Folder]).Invoke(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
