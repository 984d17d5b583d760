using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>Every PromQL query of the monitoring directory.</summary>
internal static class AllQueries
{
    public static IEnumerable<NamedQuery> Of(RuleContext context) => [.. RuleQueries.Of(context)];
}
