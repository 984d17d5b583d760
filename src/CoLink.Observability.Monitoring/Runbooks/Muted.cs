using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Runbooks;

/// <summary>Which alerts keep another one silent while they fire, as Alertmanager's inhibitions have it: a reader looks at those first.</summary>
internal static class Muted
{
    public static IReadOnlyList<string> By(Alert alert, RuleContext context)
    {
        var services = Services(alert, context.Platform).ToArray();
        return
        [
            // What must share the name is the louder form of the alert itself.
            .. from inhibition in Inhibitions.Of(context.Platform)
               where !inhibition.Equal.Contains("alertname")
               where services.Any(service => inhibition.HasTarget(Labels(alert, service)))
               from source in AlertCatalogue.All(context)
               where source.Name != alert.Name && Services(source, context.Platform).Any(service =>
                   inhibition.HasSource(Labels(source, service)) && (!inhibition.Equal.Contains("service") || services.Contains(service)))
               group source by source.Name into sources
               orderby sources.Key
               select sources.Key,
        ];
    }

    /// <summary>What its label <c>service</c> may say: each service of the platform where it is a job or a container, else itself: a pod, say.</summary>
    private static IEnumerable<string> Services(Alert alert, Platform platform) =>
        alert.Service is "{{ $labels.job }}" or "{{ $labels.container }}" or "{{ $labels.deployment }}" or "{{ $labels.service }}"
            ? platform.Services.Select(service => service.Name)
            : [alert.Service];

    private static Dictionary<string, string> Labels(Alert alert, string service) => new(alert.Labels)
    {
        ["alertname"] = alert.Name,
        ["severity"] = RuleFile.SeverityText(alert.Severity),
        ["service"] = service,
        ["slo"] = alert.Name == BudgetAlerts.Burn ? Objective.Availability : "",
        // Of the stores that it may be about, the commonest.
        ["system"] = alert.Name.StartsWith("CoLinkDb", StringComparison.Ordinal) ? Dependency.PostgreSql : "",
    };
}
