using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Alerts;

/// <summary>One rule that alerts: several may share a name, and each of them must be proven.</summary>
internal sealed partial record AlertForm(string Group, Alert Alert)
{
    /// <summary>What stands in an expression by itself and is no metric.</summary>
    private static readonly HashSet<string> Words = ["and", "or", "unless", "bool", "offset", "inf", "nan"];

    private static readonly Dictionary<string, string[]> Recordings = RuleGroups.Of(Committed.Context)
        .SelectMany(group => group.Rules).OfType<RecordingRule>()
        .GroupBy(rule => rule.Record, StringComparer.Ordinal)
        .ToDictionary(same => same.Key, same => same.SelectMany(rule => Metrics(rule.Expr)).Distinct().ToArray(), StringComparer.Ordinal);

    public string Name => $"{Alert.Name}{(Alert.Form is { } form ? $" ({form})" : "")} of {Group}";

    /// <summary>
    /// What it looks at first, and everything that is recorded from: where none of it is there, the alert is silent for want of it.
    /// Objectives are constants, always there, and tell nothing.
    /// </summary>
    public IReadOnlySet<string> Sources { get; } = Metrics(Alert.Expr)
        .Select(metric => Closure(metric).ToHashSet(StringComparer.Ordinal))
        .FirstOrDefault(closure => closure.Any(metric => !Recordings.ContainsKey(metric))) ?? new HashSet<string>();

    /// <summary>Whether that alert came of this rule: by its labels, and by its texts where other rules of the name have the same.</summary>
    public bool Gives(ExpectedAlert alert) =>
        Is(alert.Labels, "severity", RuleFile.SeverityText(Alert.Severity))
        && Is(alert.Labels, "service", Alert.Service)
        && Alert.Labels.All(label => Is(alert.Labels, label.Key, label.Value))
        && Is(alert.Annotations, "summary", Alert.Summary)
        && Is(alert.Annotations, "description", Alert.Description);

    private static bool Is(IReadOnlyDictionary<string, string> texts, string key, string template) =>
        texts.TryGetValue(key, out var text)
        && Regex.IsMatch(text, $"^{string.Join(".+", Placeholder().Split(template).Select(Regex.Escape))}$", RegexOptions.Singleline);

    private static IEnumerable<string> Closure(string metric) =>
        Recordings.TryGetValue(metric, out var from) ? from.SelectMany(Closure).Prepend(metric) : [metric];

    /// <summary>The metrics of an expression, in their order.</summary>
    private static IEnumerable<string> Metrics(string expr) =>
        Identifier().Matches(NotMetrics().Replace(expr, " ")).Select(match => match.Value).Where(word => !Words.Contains(word)).Distinct();

    [GeneratedRegex(@"\{\{[^}]*\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("""\{([^}"]|"([^"\\]|\\.)*")*\}|"([^"\\]|\\.)*"|\[[^\]]*\]|\b(by|without|on|ignoring|group_left|group_right) \([^)]*\)""")]
    private static partial Regex NotMetrics();

    [GeneratedRegex(@"(?<![\w:.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Identifier();
}
