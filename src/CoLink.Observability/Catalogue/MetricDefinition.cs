namespace CoLink.Observability.Catalogue;

/// <summary>A metric as data: what is declared, documented and rendered into dashboards and alerts.</summary>
internal sealed record MetricDefinition(string Name, MetricKind Kind, string Help, params MetricLabel[] Labels)
{
    /// <summary>Upper bounds of a histogram's buckets, ascending; the last one, +Inf, is implied.</summary>
    public IReadOnlyList<double> Buckets { get; init; } = [];

    /// <summary>Whether observations made inside a sampled span carry its trace id and span id.</summary>
    public bool Exemplars { get; init; }

    /// <summary>Who fills it, for the generated reference.</summary>
    public string FilledBy { get; init; } = "";

    public MetricStability Stability { get; init; } = MetricStability.Stable;

    /// <summary>A name of the platform's that nothing fills yet.</summary>
    public static MetricDefinition Planned(string name, MetricKind kind, string help, params MetricLabel[] labels) =>
        new(name, kind, help, labels) { Stability = MetricStability.Planned };

    /// <summary>The last word of the name is its unit, where it has one.</summary>
    public string Unit => MetricUnits.Of(Name);
}

internal enum MetricStability
{
    /// <summary>Filled; renaming it is a breaking change.</summary>
    Stable,

    /// <summary>Named by the platform's handbook and reserved, but nothing fills it in this version: absent from /metrics.</summary>
    Planned,
}
