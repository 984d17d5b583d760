using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Runbooks;

public sealed class RunbookFilesTests
{
    [Fact]
    public void Every_alert_has_one_page() => Assert.Equal(
        AlertCatalogue.All(Committed.Context).Select(alert => RunbookFiles.Path(alert.Name)).Distinct().Order(StringComparer.Ordinal),
        Committed.Files.Select(file => file.Path).Where(path => path.StartsWith("runbooks/", StringComparison.Ordinal)));

    [Fact]
    public void A_page_shows_each_form_of_its_alert_as_the_rules_have_it() => Assert.All(
        AlertCatalogue.All(Committed.Context),
        alert => Assert.Contains($"```promql\n{alert.Expr}\n```", Page(alert.Name), StringComparison.Ordinal));

    [Fact]
    public void A_page_says_how_loud_it_is_where_to_look_and_how_to_silence_it() => Assert.All(AlertCatalogue.All(Committed.Context), alert =>
    {
        var page = Page(alert.Name);
        Assert.Contains(RunbookFiles.Told(alert.Severity, Committed.Context), page, StringComparison.Ordinal);
        Assert.Contains(alert.Threshold, page, StringComparison.Ordinal);
        Assert.Contains($"/d/{alert.Dashboard.Uid})", page, StringComparison.Ordinal);
        Assert.Contains($"alertname={alert.Name} cluster=colink service=", page, StringComparison.Ordinal);
    });

    [Fact]
    public void A_page_names_the_alerts_that_keep_its_own_silent()
    {
        Assert.Contains("[CoLinkServiceDown](CoLinkServiceDown.md)", Page("CoLinkNoTraffic"), StringComparison.Ordinal);
        Assert.Contains("[CoLinkPostgresDown](CoLinkPostgresDown.md)", Page("CoLinkDbPoolExhausted"), StringComparison.Ordinal);
        Assert.DoesNotContain("silent while", Page("CoLinkServiceDown"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_can_be_read_at_night() =>
        // Of what people wrote: half a screen, and a name stands there as it is.
        Assert.All(RunbookPages.Written, page => Assert.InRange(page.Value.Split('\n').Length, 12, 65));

    private static string Page(string alert) => Committed.Files.Single(file => file.Path == RunbookFiles.Path(alert)).Content;
}
