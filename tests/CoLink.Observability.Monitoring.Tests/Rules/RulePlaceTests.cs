using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Rules;

/// <summary>Brought together without its place, staging would hide an outage of production.</summary>
public sealed class RulePlaceTests
{
    /// <summary>What is in no namespace, and what goes by an exporter's job, whose namespace is its own.</summary>
    private static readonly string[] Elsewhere = ["node"];

    [Fact]
    public void Every_rule_keeps_cluster_and_namespace() => Assert.Empty(RuleGroups.Of(Committed.Context).SelectMany(group => group.Rules).SelectMany(rule =>
        LintedQuery.Groups(rule.Expr)
            .Where(group => !group.Labels.Contains("cluster") || (!group.Labels.Contains("namespace") && !group.Labels.Intersect(Elsewhere).Any()))
            .Select(group => $"{(rule is Alert alert ? alert.Name : ((RecordingRule)rule).Record)}: {group.Word} by ({string.Join(", ", group.Labels)})")));
}
