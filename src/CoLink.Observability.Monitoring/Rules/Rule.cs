namespace CoLink.Observability.Monitoring.Rules;

/// <summary>A rule of Prometheus: it records a series, or it alerts.</summary>
/// <param name="Expr">PromQL, indented as it is to be read.</param>
internal abstract record Rule(string Expr)
{
    /// <summary>In the order of their names, so that the rendering does not depend on the writer.</summary>
    public SortedDictionary<string, string> Labels { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>A series kept so that alerts, dashboards and budgets need not compute it each time.</summary>
/// <param name="Record">Its name, <c>level:metric:operations</c>.</param>
internal sealed record RecordingRule(string Record, string Expr) : Rule(Expr);

/// <summary>Rules that are evaluated one after the other, so that a later one sees what an earlier one recorded.</summary>
internal sealed record RuleGroup(string Name, string Interval, IReadOnlyList<Rule> Rules);
