using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>Expressions about requests, of the raw series: panels narrow them to instances, methods and endpoints, which recorded series cannot.</summary>
/// <param name="Matchers">Beyond place, job and instance; with its comma, or empty.</param>
internal sealed record Http(string Matchers = "")
{
    private static readonly string Total = HttpCatalogue.Requests.Name;
    private static readonly string Duration = HttpCatalogue.Duration.Name;

    private string Answered => $"{OfInstance}{Matchers},{RuleContext.Answered}";

    private string Timed => $"{OfInstance}{Matchers},{RuleContext.Timed}";

    public string Rate(Grouping by, string statuses = "") =>
        $$"""sum by ({{by}}) (rate({{Total}}{{{Answered}}{{(statuses.Length > 0 ? $",status=~\"{statuses}\"" : "")}}}{{Window}}))""";

    /// <summary>Nought where nothing failed, nothing where there were no requests.</summary>
    public string ErrorRatio(Grouping by) => $"({Rate(by, "5..")} or {Rate(by)} * 0) / ({Rate(by)} > 0)";

    public string Quantile(string quantile, Grouping by) =>
        $$"""histogram_quantile({{quantile}}, sum by ({{by}}, le) (rate({{Duration}}_bucket{{{Timed}}}{{Window}})))""";

    /// <summary>Quantiles of everything that is chosen.</summary>
    public string Quantile(string quantile) => $$"""histogram_quantile({{quantile}}, sum by (le) (rate({{Duration}}_bucket{{{Timed}}}{{Window}})))""";

    public string Buckets => $$"""sum by (le) (increase({{Duration}}_bucket{{{Timed}}}{{Window}}))""";

    public string Within(decimal seconds, Grouping by) =>
        $$"""sum by ({{by}}) (rate({{Duration}}_bucket{{{Timed}},{{RuleContext.Le(seconds)}}}{{Window}})) / ({{Observed(by)}} > 0)""";

    public string Observed(Grouping by) => $$"""sum by ({{by}}) (rate({{Duration}}_count{{{Timed}}}{{Window}}))""";

    /// <summary>Satisfied ones count whole, tolerated ones half.</summary>
    public string Apdex(decimal satisfied, decimal tolerated, Grouping by) => $$"""
        (
          sum by ({{by}}) (rate({{Duration}}_bucket{{{Timed}},{{RuleContext.Le(satisfied)}}}{{Window}}))
          + sum by ({{by}}) (rate({{Duration}}_bucket{{{Timed}},{{RuleContext.Le(tolerated)}}}{{Window}}))
        ) / 2 / ({{Observed(by)}} > 0)
        """;

    public static string InProgress(Grouping by) => $$"""sum by ({{by}}) ({{HttpCatalogue.InProgress.Name}}{{{OfInstance}}})""";
}
