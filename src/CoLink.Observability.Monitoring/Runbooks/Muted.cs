using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Runbooks;

/// <summary>Which alerts keep another one silent while they fire, as Alertmanager's inhibition has it: a reader looks at those first.</summary>
internal static class Muted
{
    private static readonly string[] Down = ["CoLinkServiceDown", "CoLinkServiceAbsent"];
    private static readonly string[] StoresDown = ["CoLinkPostgresDown", "CoLinkMongoDown", "CoLinkRedisDown"];

    /// <summary>Of the alerts that the platform has: without Kafka there is none of its brokers.</summary>
    public static IReadOnlyList<string> By(Alert alert, RuleContext context) =>
        [.. All(alert, context).Where(name => name != alert.Name).Intersect(AlertCatalogue.All(context).Select(known => known.Name), StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> All(Alert alert, RuleContext context)
    {
        if (IsOfService(alert, context.Platform) && !Down.Contains(alert.Name))
            foreach (var name in Down)
                yield return name;
        if (alert.Name.StartsWith("CoLinkDb", StringComparison.Ordinal) || alert.Name.StartsWith("CoLinkCache", StringComparison.Ordinal) || alert.Name == "CoLinkHighErrorRate")
            foreach (var name in StoresDown)
                yield return name;
        if (alert.Name is "CoLinkKafkaConsumerLagHigh" or "CoLinkKafkaConsumerStuck" or "CoLinkKafkaUnderReplicated")
            yield return "CoLinkKafkaBrokersMissing";
        if (alert.Name is "CoLinkEndpointHighErrorRate" or "CoLinkErrorBudgetBurn")
            yield return "CoLinkHighErrorRate";
        if (alert.Severity == Severity.Info)
            yield return "InfoInhibitor";
    }

    private static bool IsOfService(Alert alert, Platform platform) =>
        alert.NamesJob || alert.Service.Contains("$labels.container", StringComparison.Ordinal) || platform.Services.Any(service => service.Name == alert.Service);
}
