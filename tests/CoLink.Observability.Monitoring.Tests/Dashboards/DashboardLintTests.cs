using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

namespace CoLink.Observability.Monitoring.Tests.Dashboards;

/// <summary>The linter's rules on the rendered dashboards, with the exclusions that the linter itself would read.</summary>
public sealed class DashboardLintTests
{
    private static readonly IReadOnlyList<LintExclusion> Exclusions = LintExclusion.Read(File.ReadAllText(Rendered.LintFile));

    public static TheoryData<string> RuleNames => [.. Linter.Rules.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void No_dashboard_breaks_a_rule_of_the_linter(string name)
    {
        var left = Find(name).Where(finding => !Exclusions.Any(exclusion => exclusion.Excludes(finding)));

        Assert.Empty(left.Select(finding => finding.ToString()).Distinct());
    }

    [Fact]
    public void Every_exclusion_excludes_something_and_says_why()
    {
        var findings = Linter.Rules.SelectMany(rule => Find(rule.Name)).ToArray();

        Assert.Empty(Exclusions.Where(exclusion => !findings.Any(exclusion.Excludes)).Select(exclusion => exclusion.ToString()));
        Assert.All(Exclusions, exclusion => Assert.NotEqual("", exclusion.Reason));
    }

    private static IEnumerable<Finding> Find(string name) => Rendered.Dashboards.SelectMany(Linter.Rules.Single(rule => rule.Name == name).Find);
}
