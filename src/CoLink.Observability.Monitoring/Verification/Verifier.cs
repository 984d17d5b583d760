using CoLink.Observability.Monitoring.PromQl;

namespace CoLink.Observability.Monitoring.Verification;

/// <summary>Whether what is queried is there: at the services' own endpoints, in the pinned lists of the exporters, or recorded by a rule.</summary>
internal static class Verifier
{
    public static IReadOnlyList<string> Missing(IEnumerable<NamedQuery> queries, KnownMetrics known, LiveMetrics live)
    {
        var asked = queries.SelectMany(query => QueryReader.Read(query.Expr).Selectors.Select(selector => (query.Source, selector)))
            .Where(asked => known.Find(asked.selector) is not { Origin: not MetricOrigin.Service })
            .GroupBy(asked => asked.selector.Metric, StringComparer.Ordinal)
            .OrderBy(metric => metric.Key, StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var metric in asked)
        {
            if (!live.Has(metric.Key))
            {
                missing.Add($"{metric.Key} is at none of the endpoints: {By(metric.Select(asked => asked.Source))}");
                continue;
            }

            foreach (var label in metric.SelectMany(asked => asked.selector.Matchers.Select(matcher => (asked.Source, matcher.Label)))
                .Where(asked => !KnownMetrics.TargetLabels.Contains(asked.Label) && !live.Has(metric.Key, asked.Label))
                .GroupBy(asked => asked.Label, StringComparer.Ordinal)
                .OrderBy(label => label.Key, StringComparer.Ordinal))
                missing.Add($"{metric.Key} has no label {label.Key} at any of the endpoints: {By(label.Select(asked => asked.Source))}");
        }

        return missing;
    }

    private static string By(IEnumerable<string> sources)
    {
        var distinct = sources.Distinct(StringComparer.Ordinal).ToArray();
        var shown = string.Join(", ", distinct.Take(5));
        return $"queried by {shown}{(distinct.Length > 5 ? $" and {distinct.Length - 5} more" : "")}.";
    }
}
