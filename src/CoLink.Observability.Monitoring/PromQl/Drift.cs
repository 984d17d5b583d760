namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>
/// Queries that ask for what there is not. Prometheus answers those with nothing and never with an error, so an alert on them is silent
/// for ever.
/// </summary>
internal static class Drift
{
    public static IReadOnlyList<string> Of(IEnumerable<NamedQuery> queries, KnownMetrics known) =>
        [.. queries.SelectMany(query => Of(query, known)).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(NamedQuery query, KnownMetrics known)
    {
        var (selectors, groupings) = QueryReader.Read(query.Expr);
        var labels = new HashSet<string>(KnownMetrics.TargetLabels, StringComparer.Ordinal);
        foreach (var selector in selectors)
        {
            if (known.Find(selector) is not { } metric)
            {
                yield return $"{query.Source}: no metric is called '{selector.Metric}'.";
                continue;
            }

            labels.UnionWith(metric.Labels.Keys);
            foreach (var problem in selector.Matchers.SelectMany(matcher => Of(metric, matcher)))
                yield return $"{query.Source}: {problem}";
        }

        foreach (var grouping in groupings.Where(grouping => !labels.Contains(grouping)))
            yield return $"{query.Source}: none of its metrics has the label '{grouping}' that it groups by.";
    }

    private static IEnumerable<string> Of(KnownMetric metric, Matcher matcher)
    {
        if (metric.Labels.TryGetValue(matcher.Label, out var allowed))
        {
            foreach (var value in Values(matcher).Where(value => allowed.Count > 0 && !allowed.Contains(value)))
                yield return $"{metric.Name} has no {matcher.Label} '{value}'; it has {string.Join(", ", allowed)}.";
        }
        else if (!KnownMetrics.TargetLabels.Contains(matcher.Label))
        {
            yield return $"{metric.Name} has no label '{matcher.Label}'; it has {string.Join(", ", metric.Labels.Keys.Concat(KnownMetrics.TargetLabels))}.";
        }
    }

    /// <summary>The values that a matcher spells out; a pattern that is more than alternatives spells out none.</summary>
    private static string[] Values(Matcher matcher)
    {
        var values = matcher.Operator is "=~" or "!~" ? matcher.Value.Replace("\\.", ".", StringComparison.Ordinal).Split('|') : [matcher.Value];
        return values.All(value => value.Length > 0 && value.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '.' or '-')) ? values : [];
    }
}
