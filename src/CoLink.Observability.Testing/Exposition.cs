using System.Globalization;
using System.Text;

namespace CoLink.Observability.Testing;

/// <summary>Reads Prometheus' text format.</summary>
internal static class Exposition
{
    public static IEnumerable<Series> Read(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Length > 0 && line[0] != '#')
                yield return Line(line);
        }
    }

    /// <summary>Reads a line such as <c>http_requests_total{method="GET"} 1</c>; without a value it is 1.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Series Line(string line)
    {
        var end = line.AsSpan().IndexOfAny('{', ' ');
        var name = end < 0 ? line : line[..end];
        if (name.Length == 0)
            throw new FormatException($"'{line}' is no series such as orders_total{{kind=\"gift\"}} 1.");
        var at = name.Length;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (at < line.Length && line[at] == '{')
            at = Labels(line, at + 1, labels);
        var value = line[at..].Trim();
        return new Series(name, labels, value.Length == 0 ? 1 : Number(value.Split(' ')[0], line));
    }

    private static int Labels(string line, int at, Dictionary<string, string> labels)
    {
        while (at < line.Length && line[at] != '}')
        {
            var equals = line.IndexOf('=', at);
            if (equals < 0 || equals + 1 >= line.Length || line[equals + 1] != '"')
                throw new FormatException($"'{line}' has a label that is not name=\"value\".");
            var label = line[at..equals].Trim(',', ' ');
            var value = new StringBuilder();
            for (at = equals + 2; at < line.Length && line[at] != '"'; at++)
                value.Append(line[at] == '\\' && at + 1 < line.Length ? Unescaped(line[++at]) : line[at]);
            labels[label] = value.ToString();
            at = SkipSpace(line, at + 1);
            if (at >= line.Length || line[at] is not (',' or '}'))
                throw new FormatException($"'{line}' has labels without an end.");
            if (line[at] == ',')
                at = SkipSpace(line, at + 1);
        }

        return at < line.Length ? at + 1 : throw new FormatException($"'{line}' has labels without an end.");
    }

    private static int SkipSpace(string line, int at)
    {
        while (at < line.Length && line[at] == ' ')
            at++;
        return at;
    }

    private static char Unescaped(char letter) => letter == 'n' ? '\n' : letter;

    private static double Number(string text, string line) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new FormatException($"'{line}' ends with no number."),
    };
}
