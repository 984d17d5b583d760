using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>What a real Prometheus is asked: every query as it stands, and of an alert, which is empty while all is well, each thing it looks at.</summary>
internal static class LiveQueries
{
    public static IReadOnlyList<NamedQuery> Of(RuleContext context) =>
    [
        .. AllQueries.Of(context)
            .SelectMany(query => query.Source.StartsWith("alert ", StringComparison.Ordinal) ? Selectors(query) : [query])
            .Where(query => EmptyByNature.Reason(query) is null)
            .DistinctBy(query => (query.Source, query.Expr)),
    ];

    private static IEnumerable<NamedQuery> Selectors(NamedQuery alert) => QueryReader.Read(alert.Expr).Selectors.Select(selector => alert with
    {
        Expr = $"{selector.Metric}{{{string.Join(',', selector.Matchers.Select(matcher => $"{matcher.Label}{matcher.Operator}\"{matcher.Value.Replace(@"\", @"\\", StringComparison.Ordinal)}\""))}}}",
    });
}
