using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>
/// What an exposition promises, without its values: names, types, units, help, labels and their values. What vanishes from it breaks
/// somebody's query, so the changelog has to name it first.
/// </summary>
internal static partial class ExpositionContract
{
    /// <summary>Exist only where the machine sets a limit.</summary>
    private static readonly string[] MachineDependent = ["process_cpu_limit_cores", "process_memory_limit_bytes"];

    /// <summary>Change with each release; that they are there is the promise.</summary>
    private static readonly string[] Versions = ["version", "library_version"];

    /// <summary>A line a series in the names of the text format, the buckets of a histogram as one, families and series in order.</summary>
    public static string Render(StrictExposition text, StrictExposition openMetrics)
    {
        var units = openMetrics.Families.Where(family => family.Unit is not null).ToDictionary(family => family.Name, family => family.Unit);
        var families = text.Families.Where(family => !MachineDependent.Contains(family.Name)).OrderBy(family => family.Name, StringComparer.Ordinal);
        return string.Join('\n', families.SelectMany(family => Lines(family, units.GetValueOrDefault(family.Name))));
    }

    /// <summary>What is gone and stands under no "Changed" or "Removed" of what is unreleased; an entry names the metric, and the label or its value where the metric stays.</summary>
    public static IReadOnlyList<string> Unannounced(string before, string now, string changelog)
    {
        var entries = Entries(changelog);
        var left = Parse(now);
        return [.. Parse(before).Except(left).Where(gone => !entries.Any(entry => Names(entry, gone, left))).Select(gone => gone.Text)];
    }

    private static IEnumerable<string> Lines(ExposedFamily family, string? unit)
    {
        yield return $"# TYPE {family.Name} {family.Type}";
        if (unit is not null)
            yield return $"# UNIT {family.Name} {unit}";
        yield return $"# HELP {family.Name} {family.Help}";
        var series = family.Samples.Where(sample => !sample.Labels.Any(label => label.Name == "metric" && MachineDependent.Contains(label.Value)))
            .GroupBy(sample => $"{sample.Name}{{{string.Join(',', sample.Labels.Where(label => label.Name != "le").OrderBy(label => label.Name, StringComparer.Ordinal).Select(Show))}}}");
        foreach (var one in series.OrderBy(one => one.Key, StringComparer.Ordinal))
            yield return one.First()["le"] is null ? one.Key.Replace("{}", "", StringComparison.Ordinal) : $"{one.Key[..^1]}{(one.Key.EndsWith("{}", StringComparison.Ordinal) ? "" : ",")}le=\"{string.Join(' ', one.Select(bucket => bucket["le"]))}\"}}";
    }

    private static string Show((string Name, string Value) label) => Versions.Contains(label.Name) ? $"{label.Name}=\"*\"" : $"{label.Name}=\"{label.Value}\"";

    /// <summary>The entries under "Changed" and "Removed": what stands under "Added" names new metrics, not old ones.</summary>
    private static List<string> Entries(string changelog)
    {
        var unreleased = Unreleased().Match(changelog.ReplaceLineEndings("\n")).Value;
        var sections = Section().Matches(unreleased).Where(section => section.Groups["title"].Value is "Changed" or "Removed");
        return [.. sections.SelectMany(section => Entry().Split(section.Groups["body"].Value))];
    }

    private static bool Names(string entry, Line gone, IReadOnlySet<Line> left)
    {
        bool Has(string word) => Regex.IsMatch(entry, $@"(?<![\w:]){Regex.Escape(word)}(?![\w:])");

        // What the library says about a metric goes with the metric.
        if (gone.Labels.FirstOrDefault(label => label.Name == "metric") is { Value: { } subject } && left.All(line => line.Family != subject))
            return Has(subject);
        if (!Has(gone.Family))
            return false;
        var stays = left.Where(line => line.Family == gone.Family && line.Labels.Length > 0).SelectMany(line => line.Labels).ToArray();
        return left.All(line => line.Family != gone.Family) || gone.Labels.All(label =>
            stays.Contains(label) || Has(label.Name == "le" ? "buckets" : stays.Any(other => other.Name == label.Name) ? label.Value : label.Name));
    }

    private static HashSet<Line> Parse(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("# HELP ", StringComparison.Ordinal)).Select(line => new Line(line))];

    [GeneratedRegex(@"^## \[Unreleased\].*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Unreleased();

    [GeneratedRegex(@"^### (?<title>[^\n]*)\n(?<body>.*?)(?=^### |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex("^- ", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex("""(?<name>[a-zA-Z_]\w*)="(?<value>[^"]*)"(?=[,}])""")]
    private static partial Regex Label();

    /// <summary>A line of the contract: a series, a type or a unit.</summary>
    private sealed record Line(string Text)
    {
        /// <summary>The name in a declaration; of a series without what a histogram appends.</summary>
        public string Family { get; } = Text.StartsWith('#') ? Text.Split(' ')[2] : HistogramSuffix().Replace(Text.Split('{')[0], "");

        public (string Name, string Value)[] Labels => [.. Label().Matches(Text).Select(label => (label.Groups["name"].Value, label.Groups["value"].Value))];

        public bool Equals(Line? other) => other?.Text == Text;

        public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
    }

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();
}
