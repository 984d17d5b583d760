using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Rules;

public sealed class RuleFileTests
{
    [Fact]
    public Task Prometheus_accepts_every_rule() => Tool.RunAsync(RealServers.Promtool, "check", "rules", Path.Combine(Committed.Folder, RuleFile.Path));

    [Theory]
    [InlineData(60)]
    [InlineData(3600)]
    public async Task Prometheus_accepts_every_rule_in_compressed_time(int scale)
    {
        using var folder = new TemporaryFolder();
        RenderedDirectory.Write(folder.Path, MonitoringDirectory.Render(Committed.Platform, new TimeScale(scale)));
        await Tool.RunAsync(RealServers.Promtool, "check", "rules", Path.Combine(folder.Path, RuleFile.Path));
    }

    [Fact]
    public void No_alert_puts_its_value_into_a_label() =>
        // Its identity would change with each evaluation, so it would never have fired for long enough.
        Assert.All(AlertCatalogue.All(Committed.Context), alert => Assert.DoesNotContain("$value", alert.Service + string.Concat(alert.Labels.Values), StringComparison.Ordinal));

    [Fact]
    public void Absence_is_told_after_two_scrapes_at_the_earliest() => Assert.All(
        AlertCatalogue.All(Committed.Context).Where(alert => alert.Expr.Contains("absent(", StringComparison.Ordinal)),
        alert => Assert.True(Monitoring.Text.Duration.Parse(alert.For) >= 2 * Committed.Platform.Scraping.Interval, alert.Name));
}
