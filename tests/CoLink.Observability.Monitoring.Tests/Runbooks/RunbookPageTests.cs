using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Runbooks;

public sealed class RunbookPageTests
{
    private const string Whole = "## Impact\n\nUsers wait.\n\n## First check\n\n```promql\nup\n```\n\n## Mitigation\n\nRoll back.";

    [Fact]
    public void A_whole_page_has_its_three_parts_and_its_query()
    {
        var page = RunbookPage.Parse("CoLinkSome", Whole);
        Assert.Equal(("Users wait.", "Roll back."), (page.Impact, page.Mitigation));
        Assert.Equal(new DocumentQuery("runbooks/CoLinkSome.md", "promql", "up"), Assert.Single(page.Queries));
        Assert.Equal(Whole, page.Text);
    }

    [Theory]
    [InlineData("## Mitigation", "## Repair", "section 'Repair'")]
    [InlineData("Users wait.", "", "'## Impact'")]
    [InlineData("## First check", "", "'## First check'")]
    [InlineData("## Mitigation\n\nRoll back.", "", "'## Mitigation'")]
    [InlineData("```promql", "```text", "names no query")]
    [InlineData("promql\nup", "promql", "names no query")]
    [InlineData("## Impact", "Before.\n\n## Impact", "outside its sections")]
    [InlineData("Roll back.", "Roll back.\n\n## Impact\n\nAgain.", "'Impact' twice")]
    public void A_page_that_is_not_whole_is_refused_by_its_name(string part, string instead, string missing)
    {
        var refused = Assert.Throws<DocumentException>(() => RunbookPage.Parse("CoLinkSome", Whole.Replace(part, instead, StringComparison.Ordinal)));
        Assert.Contains("CoLinkSome", refused.Message, StringComparison.Ordinal);
        Assert.Contains(missing, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alert_without_a_page_is_refused() =>
        Assert.Contains("CoLinkServiceDown has no runbook", Refused(pages => pages.Remove("CoLinkServiceDown")), StringComparison.Ordinal);

    [Fact]
    public void A_page_without_an_alert_is_refused() =>
        Assert.Contains("CoLinkServiceUp is of no alert", Refused(pages => pages.Add("CoLinkServiceUp", Whole)), StringComparison.Ordinal);

    [Fact]
    public void A_page_with_a_place_that_nothing_fills_is_refused() =>
        Assert.Contains("{{nobody}}", Refused(pages => pages["CoLinkServiceDown"] = Whole + " {{nobody}}"), StringComparison.Ordinal);

    [Fact]
    public void A_platform_without_Kafka_has_no_use_for_its_pages_and_is_not_refused()
    {
        var without = Committed.Platform with { Kafka = Committed.Platform.Kafka with { Brokers = 0, Groups = [] } };
        var rendered = RunbookFiles.Render(new(without, Committed.Context.Time)).ToArray();
        Assert.DoesNotContain(rendered, page => page.Path == RunbookFiles.Path("CoLinkKafkaConsumerStuck"));
        Assert.All(rendered, page => Assert.DoesNotContain("(CoLinkKafkaBrokersMissing.md)", page.Content, StringComparison.Ordinal));
    }

    private static string Refused(Action<Dictionary<string, string>> change)
    {
        var pages = RunbookPages.Written.ToDictionary(StringComparer.Ordinal);
        change(pages);
        return Assert.Throws<DocumentException>(() => RunbookPages.Of(Committed.Context, pages)).Message;
    }
}
