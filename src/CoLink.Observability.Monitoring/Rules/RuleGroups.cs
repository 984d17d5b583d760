using CoLink.Observability.Monitoring.Alerts;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>Every rule, in the order in which one needs the other.</summary>
internal static class RuleGroups
{
    /// <summary>
    /// The interval of all groups. Budgets sum samples, so changing it would reweigh the past; above five minutes there would be gaps.
    /// </summary>
    public const string Interval = "1m";

    /// <summary>Alerts are looked at more often: half a minute is half of the shortest pause.</summary>
    private const string AlertInterval = "30s";

    public static IReadOnlyList<RuleGroup> Of(RuleContext context) => [.. Recordings(context), .. AlertGroups(context)];

    /// <summary>What is recorded. The failing and slow part of each service stands behind its traffic, so that both are of one moment.</summary>
    private static IEnumerable<RuleGroup> Recordings(RuleContext context) =>
    [
        Group(context, "colink-objectives", Interval, BudgetRules.Objectives(context)),
        Group(context, "colink-traffic", Interval, [.. TrafficRules.Of(context), .. BudgetRules.Burn()]),
        Group(context, "colink-budgets", Interval, BudgetRules.Budgets(context)),
    ];

    private static IEnumerable<RuleGroup> AlertGroups(RuleContext context) =>
        AlertCatalogue.Groups(context).Select(group => Group(context, group.Name, AlertInterval, group.Alerts));

    private static RuleGroup Group(RuleContext context, string name, string interval, IEnumerable<Rule> rules) =>
        new(name, context.Time.Interval(interval), [.. rules]);
}
