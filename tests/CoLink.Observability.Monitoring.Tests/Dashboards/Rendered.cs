using System.Text.Json.Nodes;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Dashboards;

/// <summary>The dashboards as they are written: tests look at what Grafana gets, not at how it was made.</summary>
internal static class Rendered
{
    public static IReadOnlyList<JsonObject> Dashboards { get; } = [.. DashboardFiles.Render(Committed.Context).Select(file => Json.Parse(file.Content))];

    public static string LintFile { get; } = Path.Combine(Committed.Folder, DashboardFiles.Folder, ".lint");

    /// <summary>Each panel that shows something, with a name for messages.</summary>
    public static IEnumerable<(string Name, JsonObject Panel)> Panels =>
        Dashboards.SelectMany(dashboard => dashboard.Panels().Where(panel => panel.Text("type") != "row").Select(panel => ($"{dashboard.Text("title")} / {panel.Text("title")}", panel)));

    /// <summary>Each expression of Prometheus, of annotations too.</summary>
    public static IEnumerable<(string Name, string Expr)> Expressions =>
        Dashboards.SelectMany(dashboard => dashboard.Annotations().Select(annotation => ($"{dashboard.Text("title")} / {annotation.Text("name")}", annotation.Text("expr"))))
            .Concat(Panels.SelectMany(panel => panel.Panel.Targets().Where(target => target["datasource"].Text("type") == "prometheus").Select(target => (panel.Name, target.Text("expr")))));
}
