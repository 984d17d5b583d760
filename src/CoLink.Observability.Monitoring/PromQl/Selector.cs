namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>What a query asks of one metric.</summary>
/// <param name="Metric">Its name; empty where only labels select.</param>
internal sealed record Selector(string Metric, IReadOnlyList<Matcher> Matchers);

/// <param name="Operator"><c>=</c>, <c>!=</c>, <c>=~</c> or <c>!~</c>.</param>
/// <param name="Value">Unescaped.</param>
internal sealed record Matcher(string Label, string Operator, string Value);

/// <summary>A query and where it stands.</summary>
internal sealed record NamedQuery(string Source, string Expr);
