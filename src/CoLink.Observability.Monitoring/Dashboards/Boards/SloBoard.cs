using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>What each service promises, what it kept, and how fast its budget burns: for the weekly review.</summary>
internal static class SloBoard
{
    private const string Slo = OfService + ",slo=~\"$slo\"";

    public static Dashboard Of(RuleContext context) => new(
        DashboardId.Slo,
        "Objectives, error budgets and burn rates of each service. Everything here is recorded, so it is of services and not of instances.",
        [.. OfServices(context), new("slo", "slo", $$"""{{Recorded.Objective}}{{{OfService}}}""", "Objective", true, ".+")],
        [
            new("Objectives", Table()),
            new("Budget", [.. Budgets()]),
            new("Burn rate", [.. Burns()]),
            new("What it is made of", [.. Parts(context)]),
        ])
    { From = "now-7d" };

    private static Table Table()
    {
        var (month, week) = (Ranges.Month, Ranges.Week);
        return Panels.Table.Of("Objectives and budgets", "Minutes are those of a total outage. Coverage is the part of the 30 days for which there are samples: a budget of a young service says less than it seems to.", Objectives.Each,
            new("Objective", "percentunit", $$"""max by ({{Objectives.Each}}) ({{Recorded.Objective}}{{{Slo}}})"""),
            new("Kept, 30 days", "percentunit", $$"""1 - max by ({{Objectives.Each}}) ({{Recorded.SliError(month)}}{{{Slo}}})"""),
            new("Left, 30 days", "percentunit", $$"""min by ({{Objectives.Each}}) ({{Recorded.BudgetRemaining(month)}}{{{Slo}}})""") { Thresholds = Objectives.Left, Below = Threshold.Bad },
            new("Left, 7 days", "percentunit", $$"""min by ({{Objectives.Each}}) ({{Recorded.BudgetRemaining(week)}}{{{Slo}}})""") { Thresholds = Objectives.Left, Below = Threshold.Bad },
            new("Minutes, 30 days", "m", $$"""max by ({{Objectives.Each}}) ({{Recorded.BudgetMinutes(month)}}{{{Slo}}})"""),
            new("Minutes spent", "m", $$"""max by ({{Objectives.Each}}) ({{Recorded.BudgetSpentMinutes(month)}}{{{Slo}}})"""),
            new("Minutes, 7 days", "m", $$"""max by ({{Objectives.Each}}) ({{Recorded.BudgetMinutes(week)}}{{{Slo}}})"""),
            new("Minutes spent, 7 days", "m", $$"""max by ({{Objectives.Each}}) ({{Recorded.BudgetSpentMinutes(week)}}{{{Slo}}})"""),
            new("Coverage", "percentunit", $$"""min by ({{Objectives.Each}}) ({{Recorded.Coverage(month)}}{{{OfService}}} * on ({{Grouping.Service}}) group_right () ({{Recorded.Objective}}{{{Slo}}} ^ 0))""")) with
        { Width = Grid.Columns, Height = 12, LabelLinks = Link.OfService(Point.OfRow) };
    }

    private static IEnumerable<Panel> Budgets()
    {
        foreach (var (window, days) in new[] { (Ranges.Month, "30 days"), (Ranges.Week, "7 days") })
            yield return Lines($"Budget left, {days}", $"What is left of what a service may fail within {days}. Releases stop at nought.", "percentunit", $$"""{{Recorded.BudgetRemaining(window)}}{{{Slo}}}""") with
            { Min = null, Max = 1, Thresholds = Objectives.Left, Below = Threshold.Bad };
    }

    private static IEnumerable<Panel> Burns() => BurnRate.All.Select(burn =>
        Lines($"Burn rate over {burn.Long}", $"How many times faster than allowed the month's budget burns. An alert fires at the line, {burn.Factor}, if the last {burn.Short} are beyond it as well.", "none",
            $$"""{{Recorded.SliError(burn.Long)}}{{{Slo}}} / on ({{Objectives.Each}}) {{Recorded.Budget}}{{{Slo}}}""") with
        { Thresholds = [new(burn.Factor, burn.Severity == Severity.Critical ? Threshold.Bad : Threshold.Doubtful)] });

    private static IEnumerable<Panel> Parts(RuleContext context)
    {
        const string Hour = "1h";
        yield return Lines("Missed", $"Part of the requests that missed the objective, over {Hour}. The lines: what availability allows, and what pages.", "percentunit", $$"""{{Recorded.SliError(Hour)}}{{{Slo}}}""") with { Thresholds = Objectives.Errors(context) };
        yield return Of("Requests", "Requests that the objectives count, over the last hour.", "reqps", $$"""{{Recorded.Requests(Hour)}}{{{OfService}}}""");
        yield return Of("Failed requests", "Requests that ended with a 5xx, over the last hour.", "reqps", $$"""{{Recorded.Errors(Hour)}}{{{OfService}}}""");
        yield return Lines("Slow requests", "Requests beyond a latency objective's bound, over the last hour.", "reqps", $$"""{{Recorded.Slow(Hour)}}{{{Slo}}}""");
        yield return Of("P95 and P99", "The quantiles themselves, as the alerts see them. The lines are the objectives' bounds.", "s", "") with
        {
            Thresholds = Objectives.Latency(context),
            Queries = [Query.Line(Grouping.Service.Legend("P95"), $$"""{{Recorded.P95}}{{{OfService}}}"""), Query.Line(Grouping.Service.Legend("P99"), $$"""{{Recorded.P99}}{{{OfService}}}""")],
        };
        yield return Of("Downtime, 30 days", "Minutes in which no replica answered Prometheus. Requests that never arrived count in no ratio, so this stands beside the budget.", "m", $$"""{{Recorded.DowntimeMinutes}}{{{OfService}}}""");
    }

    private static TimeSeries Lines(string title, string description, string unit, string expr) =>
        new(title, description) { Unit = unit, Min = 0, Links = Link.OfService(Point.OfSeries), Queries = [Query.Line(Objectives.Each.Legend(), expr)] };

    private static TimeSeries Of(string title, string description, string unit, string expr) =>
        new(title, description) { Unit = unit, Min = 0, Links = Link.OfService(Point.OfSeries), Queries = [Query.Line(Grouping.Service.Legend(), expr)] };
}
