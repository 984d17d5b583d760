namespace CoLink.Observability.Registry.Meters;

/// <summary>How an instrument speaks, which decides what its measurements do to a series.</summary>
internal enum Recording
{
    /// <summary>A counter: each measurement is added.</summary>
    Add,

    /// <summary>An up-down counter: each measurement is a change.</summary>
    Change,

    /// <summary>A gauge: each measurement is the value.</summary>
    Set,

    /// <summary>A histogram: each measurement is an observation.</summary>
    Observe,

    /// <summary>An observable counter: asked at the scrape, answers with totals.</summary>
    Total,

    /// <summary>An observable gauge or up-down counter: asked at the scrape, answers with values now.</summary>
    Level,
}
