using System.Text;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry;

/// <summary>Tells a metric's first refusal so that the culprit can be found: labels, how many values each has, and some of them.</summary>
internal static class LabelRefusal
{
    private const int Samples = 3;

    /// <summary>A sample is there to recognise the value, not to read it whole.</summary>
    private const int SampleLength = 60;

    /// <summary>For each label: its name, how many values it has, the refused one and some of those admitted.</summary>
    public static string Describe(MetricLabel[] labels, string?[] refused, IEnumerable<string[]> admitted)
    {
        var rows = admitted.ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < labels.Length; i++)
        {
            var values = rows.Select(row => row[i]).Where(value => value != LabelValues.Other).Distinct(StringComparer.Ordinal).ToArray();
            var latest = LabelValues.Clean(i < refused.Length ? refused[i] : null);
            text.Append(i == 0 ? "" : "; ").Append(labels[i].Name).Append(" has ").Append(values.Length)
                .Append(" values, refused ").Append(Quote(latest)).Append(" beside ")
                .AppendJoin(", ", values.Take(Samples).Select(Quote));
        }

        return text.ToString();
    }

    /// <summary>Values come from outside: what is not printable must not forge a second log line.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder("'");
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, SampleLength)))
            text.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c);
        return text.Append(value.Length > SampleLength ? "…'" : "'").ToString();
    }
}
