using System.Diagnostics.CodeAnalysis;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry;

/// <summary>
/// The naming rules, checked when a metric is declared and nowhere else.
/// Source: prometheus.io/docs/practices/naming and the OpenMetrics 1.0 specification.
/// </summary>
internal static class MetricNames
{
    /// <summary>More would be a label set that nobody can read; the guard's hot path keeps that many values on the stack.</summary>
    public const int MaxLabels = 8;

    public const string SnakeCase = "use snake case, a lower-case letter first, then letters, digits and single underscores";

    private const string Total = "_total";

    /// <summary>What OpenMetrics appends to a family's name; a family that ends so would collide with another's samples.</summary>
    private static readonly string[] SampleSuffixes = ["_bucket", "_count", "_sum", "_created", "_info"];

    /// <summary>Words that name a quantity and leave its unit open.</summary>
    private static readonly HashSet<string> Quantities =
    [
        "age", "delay", "duration", "elapsed", "interval", "latency", "lifetime", "memory", "percent", "percentage",
        "period", "size", "temperature", "time", "timeout", "weight",
    ];

    private static readonly Dictionary<string, string> BaseUnits = new(StringComparer.Ordinal)
    {
        ["ns"] = "seconds",
        ["us"] = "seconds",
        ["ms"] = "seconds",
        ["sec"] = "seconds",
        ["secs"] = "seconds",
        ["second"] = "seconds",
        ["nanoseconds"] = "seconds",
        ["microseconds"] = "seconds",
        ["milliseconds"] = "seconds",
        ["minutes"] = "seconds",
        ["hours"] = "seconds",
        ["days"] = "seconds",
        ["b"] = "bytes",
        ["kb"] = "bytes",
        ["mb"] = "bytes",
        ["gb"] = "bytes",
        ["kilobytes"] = "bytes",
        ["megabytes"] = "bytes",
        ["gigabytes"] = "bytes",
        ["kib"] = "bytes",
        ["mib"] = "bytes",
        ["gib"] = "bytes",
        ["bits"] = "bytes",
        ["byte"] = "bytes",
    };

    /// <summary>Units that are not plural nouns.</summary>
    private static readonly HashSet<string> SingularUnits = ["celsius", "hertz", "kelvin", "ratio"];

    /// <summary>
    /// Set by the scrape or by Prometheus itself, and so lost or renamed on the way. The last three are ids: never a label.
    /// </summary>
    private static readonly HashSet<string> ReservedLabels =
        ["le", "quantile", "job", "instance", "exported_job", "exported_instance", "metric_name", "trace_id", "span_id", "request_id"];

    public static void Check(MetricDefinition metric)
    {
        var name = metric.Name;
        if (!IsSnakeCase(name))
            throw Refused(name, $"is not a valid name: {SnakeCase}");
        if (string.IsNullOrWhiteSpace(metric.Help))
            throw Refused(name, "has no help text: say in a sentence what it counts or measures");

        foreach (var suffix in SampleSuffixes)
        {
            // The catalogue's colink_build_info is the one gauge that is an info metric by convention.
            if (name.EndsWith(suffix, StringComparison.Ordinal) && name != SelfCatalogue.BuildInfoName)
                throw Refused(name, $"ends in {suffix}, which is kept for the samples of a family");
        }

        CheckUnit(metric);
        CheckLabels(metric);
        CheckBuckets(metric);
    }

    private static void CheckUnit(MetricDefinition metric)
    {
        var name = metric.Name;
        var isTotal = name.EndsWith(Total, StringComparison.Ordinal);
        if (metric.Kind == MetricKind.Counter && !isTotal)
            throw Refused(name, $"is a counter, and a counter's name ends in {Total}: call it {name}{Total}");
        if (metric.Kind != MetricKind.Counter && isTotal)
            throw Refused(name, $"ends in {Total}, which says counter, but it is declared as a {Lower(metric.Kind)}");

        var word = MetricUnits.LastWord(MetricUnits.FamilyName(name));
        if (BaseUnits.TryGetValue(word, out var unit))
            throw Refused(name, $"ends in '{word}': record in the base unit and end the name in _{unit}{(isTotal ? Total : "")}");
        if (Quantities.Contains(word))
            throw Refused(name, $"names a quantity ('{word}') without its unit: add one, such as _seconds, _bytes or _ratio{(isTotal ? ", before _total" : "")}");
        if (metric.Kind == MetricKind.Histogram && !HasUnit(name, word))
            throw Refused(name, "is a histogram without a unit: end its name in what is measured, such as _seconds, _bytes, _ratio or _items");
    }

    private static bool HasUnit(string name, string word) =>
        word.Length < name.Length && (SingularUnits.Contains(word) || (word.Length > 2 && word[^1] == 's'));

    private static void CheckLabels(MetricDefinition metric)
    {
        if (metric.Labels.Length > MaxLabels)
            throw Refused(metric.Name, $"has {metric.Labels.Length} labels; at most {MaxLabels} are allowed");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in metric.Labels)
        {
            if (!IsSnakeCase(label?.Name))
                throw Refused(metric.Name, $"has a label '{label?.Name}' that is not a valid name: {SnakeCase}");
            if (IsReservedLabel(label.Name))
                throw Refused(metric.Name, $"has a label '{label.Name}', which is reserved: it is set by the scrape, or it is an id that would make a series a request");
            if (!seen.Add(label.Name))
                throw Refused(metric.Name, $"has the label '{label.Name}' twice");
        }
    }

    private static void CheckBuckets(MetricDefinition metric)
    {
        if (metric.Kind != MetricKind.Histogram)
            return;
        if (metric.Buckets.Count == 0)
            throw Refused(metric.Name, "is a histogram without buckets: give their upper bounds, ascending");
        for (var i = 0; i < metric.Buckets.Count; i++)
        {
            var bound = metric.Buckets[i];
            if (!double.IsFinite(bound) || (i > 0 && bound <= metric.Buckets[i - 1]))
                throw Refused(metric.Name, FormattableString.Invariant($"has a bucket bound {bound} at place {i}: bounds are finite and ascend; +Inf is implied"));
        }
    }

    public static bool IsSnakeCase([NotNullWhen(true)] string? name) => name is [>= 'a' and <= 'z', ..] && name[^1] != '_' && HasNoOther(name);

    public static bool IsReservedLabel(string name) => ReservedLabels.Contains(name);

    public static ArgumentException Refused(string name, string rule) => new($"Metric '{name}' {rule}.");

    public static string Lower(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    /// <summary>No other character, and no two underscores in a row.</summary>
    private static bool HasNoOther(string name)
    {
        for (var i = 1; i < name.Length; i++)
        {
            if (!char.IsAsciiLetterLower(name[i]) && !char.IsAsciiDigit(name[i]) && (name[i] != '_' || name[i - 1] == '_'))
                return false;
        }

        return true;
    }
}
