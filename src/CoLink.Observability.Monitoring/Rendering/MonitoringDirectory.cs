using CoLink.Observability.Monitoring.Compose;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Helm;
using CoLink.Observability.Monitoring.Kubernetes;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Scrapes;

namespace CoLink.Observability.Monitoring.Rendering;

/// <summary>The directory as it must be: every file follows from the platform and the catalogue.</summary>
internal static class MonitoringDirectory
{
    /// <summary>Ordered by path.</summary>
    public static IReadOnlyList<RenderedFile> Render(Platform platform, TimeScale time)
    {
        var context = new RuleContext(platform, time);
        var files = Files(context).ToArray();
        // The handbook lists what is there, so it comes last.
        return [.. files.Append(Readme.Render(context, [.. files.Select(file => file.Path)])).OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<RenderedFile> Files(RuleContext context)
    {
        var dashboards = DashboardFiles.Render(context).ToArray();
        return
        [
            RuleFile.Render(context),
            PrometheusFile.Render(context),
            AlertmanagerFile.Render(context),
            .. dashboards,
            .. HelmValues.Render(context),
            CollectorFile.Render(context),
            .. KubernetesObjects.Render(context, dashboards),
            .. ComposeFiles.Render(context),
            .. RunbookFiles.Render(context),
            SloDocument.Render(context),
            OperationsDocument.Render(context),
        ];
    }
}
