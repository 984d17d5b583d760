using System.Globalization;
using System.Text;

namespace CoLink.Observability.Testing;

/// <summary>One series of a metric: its labels and its value.</summary>
/// <param name="Name">As <c>/metrics</c> serves it: of a histogram with <c>_bucket</c>, <c>_sum</c> or <c>_count</c>.</param>
/// <param name="Labels">By name.</param>
/// <param name="Value">What it is, or between two moments how much it changed.</param>
public sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Name and labels, these in the order of their names: <c>http_requests_total{endpoint="/a",method="GET",status="200"}</c>.</summary>
    public string Key { get; } = KeyOf(Name, Labels);

    /// <summary>The key and the value, as a line of the exposition.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key} {Value}");

    internal bool Has((string Name, string Value)[] labels) => labels.All(label => Labels.GetValueOrDefault(label.Name) == label.Value);

    private static string KeyOf(string name, IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count == 0)
            return name;
        var text = new StringBuilder(name).Append('{');
        foreach (var (label, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            text.Append(label).Append("=\"").Append(Escaped(value)).Append("\",");
        text[^1] = '}';
        return text.ToString();
    }

    private static string Escaped(string value) => value.Replace(@"\", @"\\").Replace("\n", @"\n").Replace("\"", "\\\"");
}
