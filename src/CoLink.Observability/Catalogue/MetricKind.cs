namespace CoLink.Observability.Catalogue;

/// <summary>The three kinds of metric that a service declares.</summary>
internal enum MetricKind
{
    /// <summary>A number that only grows; its name ends in <c>_total</c>.</summary>
    Counter,

    /// <summary>A number that goes up and down.</summary>
    Gauge,

    /// <summary>Observations counted into buckets.</summary>
    Histogram,
}
