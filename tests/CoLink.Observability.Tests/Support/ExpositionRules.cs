using System.Globalization;

namespace CoLink.Observability.Tests.Support;

/// <summary>What the letters must mean: names by type, values by type, buckets, exemplars, nothing twice.</summary>
internal sealed class ExpositionRules(bool openMetrics)
{
    /// <summary>Of the names and values of an exemplar's labels together, in characters of Unicode.</summary>
    private const int ExemplarRunes = 128;

    private static readonly string[] OpenMetricsTypes = ["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"];
    private static readonly string[] TextTypes = ["counter", "gauge", "histogram", "summary", "untyped"];

    private readonly Dictionary<string, string> _taken = [];
    private readonly HashSet<string> _series = [];

    public string Type(string type) =>
        (openMetrics ? OpenMetricsTypes : TextTypes).Contains(type) ? type : throw new FormatException($"'{type}' is no type");

    public bool IsOf(string sample, ExposedFamily family) => Suffixes(family.Type).Any(suffix => sample == family.Name + suffix);

    public void Check(ExposedSample sample, ExposedFamily family)
    {
        if (!_series.Add(sample.Series))
            throw new FormatException("the series stands here twice");
        foreach (var (label, _) in sample.Labels)
        {
            if (label.StartsWith("__", StringComparison.Ordinal))
                throw new FormatException($"'{label}' is a reserved name");
            if ((label == "le" && !IsBucket(sample, family)) || (label == "quantile" && family.Type != "summary"))
                throw new FormatException($"'{label}' has no place here");
        }

        if (IsBucket(sample, family) && sample["le"] is null)
            throw new FormatException("a bucket without its bound");
        if (family.Type is "counter" or "histogram" && (double.IsNaN(sample.Value) || (sample.Value < 0 && !sample.Name.EndsWith("_sum", StringComparison.Ordinal))))
            throw new FormatException($"no value of a {family.Type}");
        if (sample.Exemplar is { } exemplar)
            Check(exemplar, sample, family);
    }

    /// <summary>Once its last sample is here.</summary>
    public void Check(ExposedFamily family)
    {
        foreach (var name in Suffixes(family.Type).Append("").Distinct().Select(suffix => family.Name + suffix))
        {
            if (!_taken.TryAdd(name, family.Name))
                throw new FormatException($"'{name}' of the family '{family.Name}' is a name of the family '{_taken[name]}' too");
        }

        if (family.Unit is { Length: > 0 } unit && !family.Name.EndsWith("_" + unit, StringComparison.Ordinal))
            throw new FormatException($"the family '{family.Name}' does not end in its unit '{unit}'");
        var seen = new HashSet<string>();
        foreach (var metric in InRuns(family.Samples))
        {
            if (!seen.Add(metric[0].Metric))
                throw new FormatException($"the samples of {metric[0].Series} do not stand together");
            if (family.Type == "histogram")
                CheckHistogram(family, metric);
            if (openMetrics && family.Type == "counter" && metric.Count(sample => sample.Name == family.Name + "_total") != 1)
                throw new FormatException($"the counter {metric[0].Series} has no total");
        }
    }

    private static void Check(ExposedExemplar exemplar, ExposedSample sample, ExposedFamily family)
    {
        if (!IsBucket(sample, family) && !(family.Type == "counter" && sample.Name == family.Name + "_total"))
            throw new FormatException("no place for an exemplar");
        var runes = exemplar.Labels.Sum(label => label.Name.EnumerateRunes().Count() + label.Value.EnumerateRunes().Count());
        if (runes > ExemplarRunes)
            throw new FormatException($"the exemplar's labels have {runes} characters, more than {ExemplarRunes}");
        if (IsBucket(sample, family) && exemplar.Value > Bound(sample))
            throw new FormatException("the exemplar's value is above its bucket");
    }

    private void CheckHistogram(ExposedFamily family, List<ExposedSample> metric)
    {
        var buckets = metric.Where(sample => IsBucket(sample, family)).ToList();
        if (buckets.Count == 0 || buckets[^1]["le"] != "+Inf")
            throw new FormatException($"{metric[0].Series} does not end in the bucket +Inf");
        for (var i = 0; i < buckets.Count; i++)
        {
            if (openMetrics && buckets[i]["le"] is { } bound && bound != "+Inf" && !bound.Contains('.', StringComparison.Ordinal) && !bound.Contains('e', StringComparison.OrdinalIgnoreCase))
                throw new FormatException($"the bound '{bound}' is not canonical");
            if (buckets[i].Value != Math.Floor(buckets[i].Value) || (i > 0 && (Bound(buckets[i]) <= Bound(buckets[i - 1]) || buckets[i].Value < buckets[i - 1].Value)))
                throw new FormatException($"the buckets of {metric[0].Series} do not ascend");
            if (i > 0 && buckets[i].Exemplar is { } exemplar && exemplar.Value <= Bound(buckets[i - 1]))
                throw new FormatException($"the exemplar of {buckets[i].Series} belongs to a bucket below");
        }

        double? Of(string suffix) => metric.SingleOrDefault(sample => sample.Name == family.Name + suffix)?.Value;
        if (Of("_count") != buckets[^1].Value)
            throw new FormatException($"{metric[0].Series} counts {Of("_count")}, its last bucket {buckets[^1].Value}");
        if (Of("_sum") is null && !openMetrics)
            throw new FormatException($"{metric[0].Series} has no sum");
    }

    private static IEnumerable<List<ExposedSample>> InRuns(List<ExposedSample> samples)
    {
        var run = new List<ExposedSample>();
        foreach (var sample in samples)
        {
            if (run.Count > 0 && run[0].Metric != sample.Metric)
            {
                yield return run;
                run = [];
            }

            run.Add(sample);
        }

        if (run.Count > 0)
            yield return run;
    }

    private static bool IsBucket(ExposedSample sample, ExposedFamily family) => family.Type == "histogram" && sample.Name == family.Name + "_bucket";

    private static double Bound(ExposedSample bucket) =>
        bucket["le"] == "+Inf" ? double.PositiveInfinity
        : double.TryParse(bucket["le"], NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) ? bound
        : throw new FormatException($"'{bucket["le"]}' is no bound");

    private string[] Suffixes(string type) => type switch
    {
        "counter" => openMetrics ? ["_total", "_created"] : [""],
        "histogram" => openMetrics ? ["_bucket", "_sum", "_count", "_created"] : ["_bucket", "_sum", "_count"],
        "gaugehistogram" => ["_bucket", "_gsum", "_gcount"],
        "summary" => openMetrics ? ["", "_sum", "_count", "_created"] : ["", "_sum", "_count"],
        "info" => ["_info"],
        _ => [""],
    };
}
