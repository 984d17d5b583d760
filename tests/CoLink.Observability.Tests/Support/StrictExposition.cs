using System.Text;

namespace CoLink.Observability.Tests.Support;

/// <summary>
/// A whole exposition, read by the letter of OpenMetrics 1.0 or of the Prometheus text format 0.0.4: what breaks a rule is refused,
/// where <see cref="Scrape"/> only looks for samples. Stricter than Prometheus where a writer has no excuse.
/// </summary>
internal sealed class StrictExposition
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private StrictExposition(IReadOnlyList<ExposedFamily> families) => Families = families;

    public IReadOnlyList<ExposedFamily> Families { get; }

    public IEnumerable<ExposedSample> Samples => Families.SelectMany(family => family.Samples);

    /// <exception cref="FormatException">A rule is broken; the line and the rule are named.</exception>
    public static StrictExposition Parse(string text, bool openMetrics)
    {
        try
        {
            Utf8.GetByteCount(text);
        }
        catch (EncoderFallbackException broken)
        {
            throw new FormatException("Half of a surrogate pair: not UTF-8.", broken);
        }

        return new StrictExposition(ExpositionParser.Parse(text, openMetrics));
    }

    public ExposedFamily Family(string name) => Families.Single(family => family.Name == name);
}

/// <summary>A family with its declaration; the type is <c>unknown</c> where none was given.</summary>
internal sealed class ExposedFamily(string name)
{
    public string Name => name;

    public string Type { get; set; } = "unknown";

    public string? Help { get; set; }

    public string? Unit { get; set; }

    public bool HasType { get; set; }

    public List<ExposedSample> Samples { get; } = [];

    /// <summary>The value of the one sample with exactly these labels.</summary>
    public double Value(string sample, params (string Name, string Value)[] labels) =>
        Samples.Single(found => found.Name == sample && found.Labels.SequenceEqual(labels)).Value;
}

/// <param name="Name">With the suffix of its type.</param>
/// <param name="Labels">In the order written.</param>
/// <param name="Value">The value.</param>
/// <param name="Exemplar">Null where there is none.</param>
internal sealed record ExposedSample(string Name, IReadOnlyList<(string Name, string Value)> Labels, double Value, ExposedExemplar? Exemplar)
{
    public string? this[string label] => Labels.FirstOrDefault(one => one.Name == label).Value;

    /// <summary>What makes it a series: an empty label is as good as none, and the order does not matter.</summary>
    public string Series => $"{Name}{{{string.Join(',', Labels.Where(label => label.Value.Length > 0).OrderBy(label => label.Name, StringComparer.Ordinal).Select(label => $"{label.Name}={label.Value.Length}:{label.Value}"))}}}";

    /// <summary>What the samples of one metric of the family have in common.</summary>
    public string Metric => string.Join(',', Labels.Where(label => label.Name is not ("le" or "quantile")).Select(label => $"{label.Name}={label.Value.Length}:{label.Value}"));
}

internal sealed record ExposedExemplar(IReadOnlyList<(string Name, string Value)> Labels, double Value, double? Timestamp);
