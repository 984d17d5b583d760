using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>The dashboards as Grafana imports them, one file each, named by its uid.</summary>
internal static class DashboardFiles
{
    public const string Folder = "grafana-dashboards";

    public static IReadOnlyList<RenderedFile> Render(RuleContext context) =>
        [.. DashboardCatalogue.All(context).Select(dashboard => new RenderedFile(Path(dashboard.Id), DashboardJson.Write(dashboard.Json())))];

    public static string Path(DashboardId dashboard) => $"{Folder}/{dashboard.Uid}.json";
}
