using System.Text.Json.Nodes;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>Marks on every graph of a dashboard: what changed, and what fired.</summary>
internal sealed record Annotation(string Name, string Expr, string Color, string Title, string Text)
{
    private static readonly Grouping ByVersion = new("job", "version");

    /// <summary>Where the job is no service, every service is meant.</summary>
    public static Annotation[] Of(DashboardId dashboard)
    {
        var services = dashboard.PassesJob ? Selectors.OfService : Selectors.Place + ",job=~\".+\"";
        var deployments = Selectors.Of(ClusterExporters.StateMetrics) + (dashboard.PassesJob ? ",deployment=~\"$job\"" : "");
        return
        [
            // A version is new for as long as Prometheus looks back for a sample, which no scale of time shortens.
            new("Deploys", $$"""
                group by ({{ByVersion}}) ({{SelfCatalogue.BuildInfoName}}{{{services}}})
                unless group by ({{ByVersion}}) ({{SelfCatalogue.BuildInfoName}}{{{services}}} offset {{Ranges.Short}})
                """, "blue", "Deployed {{job}}", $$$"""Version {{version}} {{{Grouping.InPlace}}}"""),
            new("Rollouts", $$"""changes({{ClusterExporters.Generation}}{{{deployments}}}{{Selectors.Window}}) > 0""", "purple", "Rolled out {{deployment}}", $"Its deployment changed, {Grouping.InPlace}."),
            new("Alerts", $$"""{{Scraped.Alerts}}{{{Selectors.Place}},alertstate="firing",severity="critical"}""", "red", "{{alertname}}", $$$"""{{service}} {{slo}} {{window}} {{{Grouping.InPlace}}}"""),
        ];
    }

    public JsonObject Json() => new()
    {
        ["name"] = Name,
        ["datasource"] = DataSource.Prometheus.Json(),
        ["enable"] = true,
        ["hide"] = false,
        ["iconColor"] = Color,
        ["expr"] = Expr,
        ["titleFormat"] = Title,
        ["textFormat"] = Text,
        ["tagKeys"] = "cluster,namespace",
        ["step"] = "1m",
        ["useValueForTime"] = false,
    };
}
