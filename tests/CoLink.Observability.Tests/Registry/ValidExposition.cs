using System.Text.RegularExpressions;

namespace CoLink.Observability.Tests.Registry;

/// <summary>
/// The rules of both formats that a careless writer breaks: a family is declared once and its samples stand together, samples are
/// called as their type says, no series appears twice, labels are escaped, and OpenMetrics ends in one end mark.
/// </summary>
internal static partial class ValidExposition
{
    public static void Check(string text, bool openMetrics)
    {
        Assert.EndsWith("\n", text);
        var lines = text[..^1].Split('\n');
        if (openMetrics)
        {
            Assert.Equal("# EOF", lines[^1]);
            lines = lines[..^1];
        }

        var families = new HashSet<string>();
        var series = new HashSet<string>();
        var (family, type) = ("", "");
        foreach (var line in lines)
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                type = "";
                Assert.True(families.Add(family), $"declared twice: {line}");
                Assert.DoesNotMatch(@"(?<!\\)(\\\\)*\\(?![\\n""])", line);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, line.Split(' ')[2]);
                type = line.Split(' ')[3];
            }
            else
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, $"not a sample: {line}");
                var name = sample.Groups["name"].Value;
                Assert.True(Suffixes(type, openMetrics).Any(suffix => name == family + suffix), $"'{name}' is no sample of the {type} {family}");
                Assert.False(sample.Groups["exemplar"].Success && (!openMetrics || type is not ("counter" or "histogram")), $"no place for an exemplar: {line}");
                var labels = Pair().Matches(sample.Groups["labels"].Value).Select(pair => pair.Value.TrimEnd(',')).ToList();
                Assert.Equal(sample.Groups["labels"].Value, string.Join(',', labels));
                Assert.Equal(labels.Count, labels.Select(label => label.Split('=')[0]).Distinct().Count());
                Assert.True(series.Add($"{name}{{{string.Join(',', labels.Where(label => !label.EndsWith("=\"\"", StringComparison.Ordinal)).Order())}}}"), $"twice: {line}");
            }
        }
    }

    private static string[] Suffixes(string type, bool openMetrics) => type switch
    {
        "counter" => openMetrics ? ["_total"] : [""],
        "gauge" or "unknown" => [""],
        "histogram" => ["_bucket", "_sum", "_count"],
        "summary" => ["", "_sum", "_count"],
        _ => [],
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="(\\[\\n"]|[^"\\\n])*",?)*)\})? (?<value>[-+0-9.eE]+|NaN|[+-]?Inf(inity)?)(?<exemplar> # \{.*\} .+)?\z""")]
    private static partial Regex Sample();

    [GeneratedRegex("""[a-zA-Z_][a-zA-Z0-9_]*="(\\.|[^"\\])*",?""", RegexOptions.Singleline)]
    private static partial Regex Pair();
}
