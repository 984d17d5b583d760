namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>A metric that a query may ask for.</summary>
/// <param name="Origin">Who has it.</param>
/// <param name="Labels">Its own labels, each with the values it may take; empty where any may come.</param>
internal sealed record KnownMetric(string Name, MetricOrigin Origin, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels);

internal enum MetricOrigin
{
    /// <summary>The library's, at a service's own <c>/metrics</c>.</summary>
    Service,

    /// <summary>A foreign program's, pinned.</summary>
    Exporter,

    /// <summary>A rule of ours records it.</summary>
    Recorded,
}
