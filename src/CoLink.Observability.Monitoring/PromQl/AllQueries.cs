using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>Every PromQL query of the monitoring directory: rules, panels, runbooks and documents, with all of a dashboard's variables chosen.</summary>
internal static class AllQueries
{
    /// <param name="range">What a panel's own range is, as Prometheus writes it.</param>
    public static IReadOnlyList<NamedQuery> Of(RuleContext context, string range = "5m") => [.. Rules(context), .. Panels(context, range), .. Pages(context)];

    public static IEnumerable<NamedQuery> Rules(RuleContext context) =>
        RuleGroups.Of(context).SelectMany(rules => rules.Rules).Select(rule =>
            new NamedQuery(rule is Alert alert ? $"alert {alert.Name}" : $"rule {((RecordingRule)rule).Record}", rule.Expr));

    private static IEnumerable<NamedQuery> Panels(RuleContext context, string range) =>
        from query in DashboardCatalogue.Queries(context)
        where query.Source == DataSource.Prometheus
        select new NamedQuery($"panel {query.Dashboard.Title}, {query.Where}", query.Everything(range));

    /// <summary>Without the rules that runbooks show.</summary>
    private static IEnumerable<NamedQuery> Pages(RuleContext context)
    {
        var rules = Rules(context).Select(rule => rule.Expr).ToHashSet(StringComparer.Ordinal);
        return DocumentQueries.Of(context)
            .Where(query => query.Language == DocumentQuery.PromQl && !rules.Contains(query.Query))
            .Select(query => new NamedQuery($"page {query.Document}", query.Query));
    }
}
