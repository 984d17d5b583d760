using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.PromQl;

internal static class RuleQueries
{
    public static IEnumerable<NamedQuery> Of(RuleContext context) =>
        RuleGroups.Of(context).SelectMany(rules => rules.Rules).Select(rule =>
            new NamedQuery(rule is Alert alert ? $"alert {alert.Name}" : $"rule {((RecordingRule)rule).Record}", rule.Expr));
}
