using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>
/// What each line or row of a panel is of. The labels to group by and the name come from one list, and the place always belongs to it: two
/// services of one name in two namespaces never become one line.
/// </summary>
internal sealed class Grouping(params string[] labels)
{
    public static readonly Grouping Place = new();
    public static readonly Grouping Service = new("job");
    public static readonly Grouping Instance = new("job", "instance");

    /// <summary>A server that is seen through its exporter.</summary>
    public static readonly Grouping Server = new("instance");

    /// <summary>The columns of a table that has a row for each, what it is about before where it is.</summary>
    public string[] Columns { get; } = [.. labels, .. RuleContext.PlaceLabels];

    /// <summary>The name of a line.</summary>
    /// <param name="what">Where a panel has several lines of each: which it is.</param>
    public string Legend(string what = "") =>
        string.Join(' ', [.. labels.Select(label => $"{{{{{label}}}}}"), .. what.Length > 0 ? [what] : Array.Empty<string>(), InPlace]);

    /// <summary>As <c>by</c> and <c>on</c> want it.</summary>
    public override string ToString() => string.Join(", ", [.. RuleContext.PlaceLabels, .. labels]);

    /// <summary>Where it is, for a legend or a note.</summary>
    public static readonly string InPlace = "in " + string.Join('/', RuleContext.PlaceLabels.Select(label => $"{{{{{label}}}}}"));
}
