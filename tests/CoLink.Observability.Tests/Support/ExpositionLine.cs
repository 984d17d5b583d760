using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Tests.Support;

/// <summary>The letters of one line. Source: the ABNF of OpenMetrics 1.0; prometheus.io/docs/instrumenting/exposition_formats.</summary>
internal sealed partial class ExpositionLine(string line, bool openMetrics)
{
    private int _at;

    public ExposedSample Sample()
    {
        var name = Match(MetricName(), "no name of a metric");
        var labels = line[_at..].StartsWith('{') ? Labels() : [];
        Expect(" ");
        var value = Number();
        ExposedExemplar? exemplar = null;
        if (_at < line.Length && !line[_at..].StartsWith(" #", StringComparison.Ordinal))
        {
            Expect(" ");
            _ = Match(openMetrics ? Real() : Milliseconds(), "no timestamp");
        }

        if (_at < line.Length)
            exemplar = Exemplar();
        return new ExposedSample(name, labels, value, exemplar);
    }

    /// <summary>In OpenMetrics a quote is escaped in help too; the text format knows two escapes there.</summary>
    public static string Help(string text, bool openMetrics) => Unescape(text, openMetrics ? "\\n\"" : "\\n", isQuoteBare: !openMetrics);

    private ExposedExemplar Exemplar()
    {
        if (!openMetrics)
            throw new FormatException("the text format has no exemplars");
        Expect(" # ");
        if (_at >= line.Length || line[_at] != '{')
            throw new FormatException("an exemplar without labels");
        var labels = Labels();
        Expect(" ");
        var value = Number();
        double? timestamp = null;
        if (_at < line.Length)
        {
            Expect(" ");
            timestamp = double.Parse(Match(Real(), "no timestamp"), CultureInfo.InvariantCulture);
        }

        return _at == line.Length ? new ExposedExemplar(labels, value, timestamp) : throw new FormatException("something behind the exemplar");
    }

    private List<(string Name, string Value)> Labels()
    {
        var labels = new List<(string, string)>();
        Expect("{");
        while (_at < line.Length && line[_at] != '}')
        {
            if (labels.Count > 0)
                Expect(",");
            var name = Match(LabelName(), "no name of a label");
            Expect("=\"");
            var from = _at;
            while (_at < line.Length && line[_at] != '"')
                _at += line[_at] == '\\' ? 2 : 1;
            if (_at >= line.Length)
                throw new FormatException("a label value without end");
            labels.Add((name, Unescape(line[from.._at], "\\n\"", isQuoteBare: false)));
            Expect("\"");
        }

        Expect("}");
        return labels.Select(label => label.Item1).Distinct().Count() == labels.Count ? labels : throw new FormatException("a label twice");
    }

    /// <summary>OpenMetrics' numbers; the text format takes what Go's ParseFloat does, which is these and more that nobody writes.</summary>
    private double Number()
    {
        var text = Match(NumberText(), "no number");
        return text.TrimStart('+', '-').ToUpperInvariant() switch
        {
            "NAN" => double.NaN,
            "INF" or "INFINITY" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };
    }

    private static string Unescape(string text, string escapes, bool isQuoteBare)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && !isQuoteBare)
                throw new FormatException("a bare quote");
            if (text[i] != '\\')
                plain.Append(text[i]);
            else if (++i < text.Length && escapes.Contains(text[i], StringComparison.Ordinal))
                plain.Append(text[i] == 'n' ? '\n' : text[i]);
            else
                throw new FormatException("a backslash that escapes nothing");
        }

        return plain.ToString();
    }

    private void Expect(string text)
    {
        if (string.CompareOrdinal(line, _at, text, 0, text.Length) != 0)
            throw new FormatException($"no '{text}' at place {_at + 1}");
        _at += text.Length;
    }

    private string Match(Regex pattern, string otherwise)
    {
        var match = pattern.Match(line, _at, line.Length - _at);
        if (!match.Success)
            throw new FormatException($"{otherwise} at place {_at + 1}");
        _at += match.Length;
        return match.Value;
    }

    [GeneratedRegex(@"\G[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\G[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\G[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?(?![^ ])", RegexOptions.IgnoreCase)]
    private static partial Regex Real();

    [GeneratedRegex(@"\G(NaN|[+-]?Inf(inity)?|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?)(?![^ ])", RegexOptions.IgnoreCase)]
    private static partial Regex NumberText();

    [GeneratedRegex(@"\G-?[0-9]+(?![^ ])")]
    private static partial Regex Milliseconds();
}
