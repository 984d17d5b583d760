using CoLink.Observability.Monitoring.Dashboards.Boards;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>Every dashboard, and every query of them as data.</summary>
internal static class DashboardCatalogue
{
    /// <summary>In the order of <see cref="DashboardId.All"/>.</summary>
    public static IReadOnlyList<Dashboard> All(RuleContext context) =>
    [
        OverviewBoard.Of(context),
        ApiBoard.Of(context),
        DatabaseBoard.Of(context),
        KafkaBoard.Of(context),
        BusinessBoard.Of(context),
        SloBoard.Of(context),
        HealthBoard.Of(context),
    ];

    /// <summary>What is asked by panels, by annotations and by variables (as the series whose labels they offer), variables not yet replaced.</summary>
    public static IReadOnlyList<DashboardQuery> Queries(RuleContext context) => [.. All(context).SelectMany(Queries)];

    private static IEnumerable<DashboardQuery> Queries(Dashboard dashboard)
    {
        foreach (var variable in dashboard.Variables)
            yield return new(dashboard.Id, $"variable {variable.Name}", variable.Expr, DataSource.Prometheus, dashboard.Variables);
        foreach (var annotation in Annotation.Of(dashboard.Id))
            yield return new(dashboard.Id, $"annotation {annotation.Name}", annotation.Expr, DataSource.Prometheus, dashboard.Variables);
        foreach (var panel in dashboard.Panels)
            foreach (var query in panel.Queries)
                yield return new(dashboard.Id, panel.Title, query.Expr, query.Source, dashboard.Variables);
    }
}

/// <summary>A query of a dashboard.</summary>
/// <param name="Where">The panel's title, or <c>variable …</c> or <c>annotation …</c>.</param>
/// <param name="Source">Whose language it is: PromQL, LogQL or TraceQL.</param>
/// <param name="Variables">Those that it may use, beside Grafana's own <c>$__rate_interval</c> and <c>$__range</c>.</param>
internal sealed record DashboardQuery(DashboardId Dashboard, string Where, string Expr, DataSource Source, IReadOnlyList<Variable> Variables)
{
    /// <summary>With "All" for every variable, and ranges as given.</summary>
    public string Everything(string range = "5m") => Variables
        .OrderByDescending(variable => variable.Name.Length)
        .Aggregate(Expr, (expr, variable) => expr
            .Replace($"${{{variable.Name}}}", variable.AllValue, StringComparison.Ordinal)
            .Replace($"\"${variable.Name}\"", $"\"{variable.AllValue}\"", StringComparison.Ordinal))
        .Replace("$__rate_interval", range, StringComparison.Ordinal)
        .Replace("$__range", range, StringComparison.Ordinal);
}
