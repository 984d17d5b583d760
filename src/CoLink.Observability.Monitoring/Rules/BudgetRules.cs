using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>What each service promises, and how much of what it may fail is left.</summary>
internal static class BudgetRules
{
    private const string By = RuleContext.By;
    private const string BySlo = By + ", slo";

    public static IEnumerable<Rule> Objectives(RuleContext context) =>
        context.Services.SelectMany(service => service.Objectives.SelectMany(objective => new[]
        {
            Constant(Recorded.Objective, objective.Ratio, service, objective, context.Platform),
            Constant(Recorded.Budget, objective.Budget, service, objective, context.Platform),
        })).OrderBy(rule => rule.Record, StringComparer.Ordinal);

    public static IEnumerable<Rule> Burn()
    {
        foreach (var window in Ranges.Burn)
        {
            yield return new RecordingRule(Recorded.SliError(window), Recorded.ErrorRatio(window)) { Labels = { ["slo"] = Objective.Availability } };
            yield return new RecordingRule(Recorded.SliError(window), $"{Recorded.Slow(window)} / on ({By}) group_left () ({Recorded.Timed(window)} > 0)");
        }
    }

    /// <summary>
    /// Failures over requests of the whole window, both sampled at the same moments, so that what overlaps cancels out. An average of
    /// ratios would weigh a request of the night a hundred times one of the day.
    /// </summary>
    public static IEnumerable<Rule> Budgets(RuleContext context)
    {
        foreach (var window in Ranges.Budget)
        {
            var range = context.Time[window];
            yield return new RecordingRule(Recorded.SliError(window), $"""
                sum_over_time({Recorded.Errors(Ranges.Short)}[{range}])
                / (sum_over_time({Recorded.Requests(Ranges.Short)}[{range}]) > 0)
                """)
            { Labels = { ["slo"] = Objective.Availability } };
            yield return new RecordingRule(Recorded.SliError(window), $"""
                sum_over_time({Recorded.Slow(Ranges.Short)}[{range}])
                / on ({By}) group_left () (sum_over_time({Recorded.Timed(Ranges.Short)}[{range}]) > 0)
                """);
            yield return new RecordingRule(Recorded.BudgetRemaining(window), $"1 - {Recorded.SliError(window)} / on ({BySlo}) {Recorded.Budget}");
            yield return new RecordingRule(Recorded.BudgetMinutes(window), $"{Recorded.Budget} * {Minutes(window)}");
            yield return new RecordingRule(Recorded.BudgetSpentMinutes(window), $"{Recorded.SliError(window)} * {Minutes(window)}");
            yield return new RecordingRule(Recorded.Coverage(window), $"""
                clamp_max(
                  count_over_time({Recorded.Requests(Ranges.Short)}[{range}]) * {Number.Format((decimal)Duration.Parse(context.Time.Interval(RuleGroups.Interval)).TotalSeconds)}
                  / {Number.Format((decimal)Duration.Parse(range).TotalSeconds)},
                  1)
                """);
        }

        // Of what was seen: a service an hour old has not been down for days because it was down for minutes of that hour.
        yield return new RecordingRule(Recorded.DowntimeMinutes, $"""
            (count_over_time({Recorded.Up}[{context.Time[Ranges.Month]}]) - sum_over_time({Recorded.Up}[{context.Time[Ranges.Month]}]))
            * {Number.Format((decimal)Duration.Parse(context.Time.Interval(RuleGroups.Interval)).TotalSeconds)} / 60
            """);
    }

    private static RecordingRule Constant(string record, decimal value, Service service, Objective objective, Platform platform) =>
        new(record, $"vector({Number.Format(value)})")
        {
            Labels = { ["cluster"] = platform.Cluster, ["namespace"] = platform.Namespace, ["job"] = service.Name, ["slo"] = objective.Slo },
        };

    private static string Minutes(string window) => Number.Format((decimal)Duration.Parse(window).TotalMinutes);
}
