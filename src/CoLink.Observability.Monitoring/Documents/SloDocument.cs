using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>What each service promises, and how alerts follow from it.</summary>
internal static class SloDocument
{
    public const string Path = "slo.md";

    private const decimal Million = 1_000_000;

    public static RenderedFile Render(RuleContext context) => new(Path, Template.Fill(Path, Template.Read("documents/slo"), new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["header"] = Headers.Rendered,
        ["objectives"] = string.Join("\n\n", context.Platform.Services.Select(service => $"### {service.Name}\n\n{Objectives(service)}")),
        ["burns"] = Markdown.Table(["over", "and over", "times the budget's pace", "gone when it tells", "must hold for", "tells"], BurnRate.All.Select(burn => new[]
        {
            burn.Long, burn.Short, Number.Format(burn.Factor), $"{Number.Percent(burn.Share)} of the month", burn.For, RunbookFiles.Told(burn.Severity, context),
        })),
        ["breaches"] = Markdown.Table(["alert", "tells", "threshold"], Breaches(context)),
        ["least"] = Number.Format(context.Limits.BurnMinimum),
        ["failures"] = Number.Format(context.Limits.ErrorMinimum),
        ["interval"] = RuleGroups.Interval,
        ["unmatched"] = HttpCatalogue.Unmatched,
    }) + "\n");

    private static string Objectives(Service service) => Markdown.Table(
        ["slo", "good is", "objective", "budget", "of 30 days", "of 7 days", "of a million requests", "pages when over"],
        service.Objectives.Select(objective => new[]
        {
            Markdown.Name(objective.Slo),
            objective.IsLatency ? $"answered within {Number.Format(objective.Seconds)} s" : "no 5xx",
            Number.Percent(objective.Ratio),
            Number.Percent(objective.Budget),
            $"{Minutes(objective, Ranges.Month)} min",
            $"{Minutes(objective, Ranges.Week)} min",
            $"{Number.Format(objective.Budget * Million)} may miss",
            $"{Number.Percent(objective.Budget * BurnRate.Fastest.Factor)} miss within {BurnRate.Fastest.Long}",
        }));

    private static string Minutes(Objective objective, string window) => Number.Format(objective.Budget * (decimal)Duration.Parse(window).TotalMinutes);

    private static IEnumerable<string[]> Breaches(RuleContext context) => BudgetAlerts.Of(context)
        .Where(alert => alert.Name.Contains("ErrorBudget", StringComparison.Ordinal))
        .GroupBy(alert => alert.Name)
        .Select(same => new[]
        {
            Markdown.Link(same.Key, RunbookFiles.Path(same.Key)),
            string.Join("; ", same.Select(alert => RunbookFiles.Told(alert.Severity, context)).Distinct(StringComparer.Ordinal)),
            same.Count() == 1 ? same.First().Threshold : "the table above",
        });
}
