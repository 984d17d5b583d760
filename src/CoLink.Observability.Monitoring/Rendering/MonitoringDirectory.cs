using CoLink.Observability.Monitoring.Compose;
using CoLink.Observability.Monitoring.Helm;
using CoLink.Observability.Monitoring.Kubernetes;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Scrapes;

namespace CoLink.Observability.Monitoring.Rendering;

/// <summary>The directory as it must be: every file follows from the platform and the catalogue.</summary>
internal static class MonitoringDirectory
{
    /// <summary>Ordered by path.</summary>
    public static IReadOnlyList<RenderedFile> Render(Platform platform, TimeScale time)
    {
        var context = new RuleContext(platform, time);
        return [.. Files(context).OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<RenderedFile> Files(RuleContext context) =>
    [
        RuleFile.Render(context),
        PrometheusFile.Render(context),
        AlertmanagerFile.Render(context),
        .. HelmValues.Render(context),
        CollectorFile.Render(context),
        .. KubernetesObjects.Render(context, Dashboards(context)),
        .. ComposeFiles.Render(context),
    ];

    /// <summary>What lies under <c>grafana-dashboards/</c>.</summary>
    private static IReadOnlyList<RenderedFile> Dashboards(RuleContext context) => [];
}
