using System.Globalization;
using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Text;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Alerts;

/// <summary>A file of promtool's unit tests, as far as it says which alerts it proves.</summary>
internal sealed partial record AlertTestFile(string Name, string Text, IReadOnlyList<string> RuleFiles, IReadOnlyList<string> GroupOrder, IReadOnlyList<AlertTestCase> Cases)
{
    private const string Suffix = ".test.yml";

    public static string Folder { get; } = Path.Combine(Committed.Folder, "tests");

    public static IReadOnlyList<AlertTestFile> All { get; } =
        [.. Directory.EnumerateFiles(Folder, $"*{Suffix}", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Every alert that is named in it, be it as a test or in an expression.</summary>
    public IEnumerable<string> AlertNames => Cases.Select(test => test.AlertName).Concat(Named().Matches(Text).Select(match => match.Groups[1].Value)).Distinct();

    public override string ToString() => Name;

    private static AlertTestFile Read(string path)
    {
        var text = File.ReadAllText(path);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        return new AlertTestFile(
            Path.GetRelativePath(Folder, path),
            text,
            [.. List(root, "rule_files").Select(file => file.ToString())],
            [.. List(root, "group_eval_order").Select(group => group.ToString())],
            [.. List(root, "tests").Cast<YamlMappingNode>().SelectMany((test, index) => CasesOf(test, $"{Path.GetFileName(path)}, {index}", TextOf(root, "evaluation_interval", "1m")))]);
    }

    private static IEnumerable<AlertTestCase> CasesOf(YamlMappingNode test, string of, string evaluation)
    {
        var interval = Duration.Parse(TextOf(test, "interval", evaluation));
        var inputs = List(test, "input_series").Select(series => AlertTestInput.Parse(series["series"].ToString(), series["values"].ToString())).ToList();
        return List(test, "alert_rule_test").Select(expected =>
        {
            var time = Duration.Parse(expected["eval_time"].ToString());
            return new AlertTestCase(
                of,
                expected["alertname"].ToString(),
                time,
                inputs.Where(input => input.IsThere(time, interval)).Select(input => input.Metric).ToHashSet(StringComparer.Ordinal),
                [.. List((YamlMappingNode)expected, "exp_alerts").Select(alert => new ExpectedAlert(Texts(alert, "exp_labels"), Texts(alert, "exp_annotations")))]);
        });
    }

    private static string TextOf(YamlMappingNode parent, string key, string otherwise) =>
        parent.Children.TryGetValue(new YamlScalarNode(key), out var text) ? text.ToString() : otherwise;

    private static IEnumerable<YamlNode> List(YamlMappingNode parent, string key) =>
        parent.Children.TryGetValue(new YamlScalarNode(key), out var list) && list is YamlSequenceNode nodes ? nodes.Children : [];

    private static Dictionary<string, string> Texts(YamlNode parent, string key) =>
        ((YamlMappingNode)parent).Children.TryGetValue(new YamlScalarNode(key), out var map) && map is YamlMappingNode texts
            ? texts.Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString(), StringComparer.Ordinal)
            : [];

    [GeneratedRegex("alertname=\"([^\"]+)\"")]
    private static partial Regex Named();
}

/// <summary>One look at one alert.</summary>
/// <param name="Of">The test that it belongs to, whose cases are moments of one course of things.</param>
/// <param name="Inputs">The metrics that have a sample at that time.</param>
internal sealed record AlertTestCase(string Of, string AlertName, TimeSpan Time, IReadOnlySet<string> Inputs, IReadOnlyList<ExpectedAlert> Expected)
{
    public override string ToString() => $"{AlertName} at {Duration.Format(Time)}";
}

internal sealed record ExpectedAlert(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations);

/// <summary>A series that a test is given.</summary>
/// <param name="Samples">Whether there is one, interval by interval.</param>
internal sealed partial record AlertTestInput(string Metric, IReadOnlyList<bool> Samples)
{
    /// <summary>As far back as Prometheus looks for a sample.</summary>
    private static readonly TimeSpan Lookback = TimeSpan.FromMinutes(5);

    public static AlertTestInput Parse(string series, string values)
    {
        var samples = new List<bool>();
        foreach (var item in values.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var match = Item().Match(item);
            Assert.True(match.Success, $"'{item}' of {series} is no sample that promtool knows.");
            var there = match.Groups["value"].Value is not ("_" or "stale");
            // `_xN` are N gaps, `axN` and `a+bxN` are a and N more.
            var count = match.Groups["times"] is { Success: true } times
                ? int.Parse(times.Value, CultureInfo.InvariantCulture) + (there ? 1 : 0)
                : 1;
            samples.AddRange(Enumerable.Repeat(there, count));
        }

        return new AlertTestInput(series.Split('{')[0], samples);
    }

    public bool IsThere(TimeSpan time, TimeSpan interval)
    {
        var last = (int)(time / interval);
        var first = Math.Max(0, (int)Math.Ceiling((time - Lookback) / interval));
        return Enumerable.Range(first, last - first + 1).Any(index => index < Samples.Count && Samples[index]);
    }

    [GeneratedRegex(@"^(?<value>_|stale|[-+]?(Inf|NaN|[\d.]+(e[-+]?\d+)?)([-+][\d.]+(e[-+]?\d+)?)?)(x(?<times>\d+))?$", RegexOptions.IgnoreCase)]
    private static partial Regex Item();
}
