namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>A metric of somebody else's program, pinned: a rule that asks for another name is refused, since Prometheus itself never says so.</summary>
/// <param name="Type">counter, gauge, histogram or untyped.</param>
/// <param name="Labels">Its own labels; those of the target come in addition.</param>
internal sealed record ExporterMetric(string Name, string Type, params string[] Labels)
{
    /// <summary>The version from which on it is there, where not every supported one has it.</summary>
    public string Since { get; init; } = "";

    /// <summary>Its name, so that it stands in an expression as it is.</summary>
    public override string ToString() => Name;
}

/// <summary>A program that is scraped beside the services.</summary>
/// <param name="Job">Its job, which is its host name as well.</param>
/// <param name="Version">The versions whose names these are.</param>
internal sealed record Exporter(string Job, int Port, string Version, string Watches, IReadOnlyList<ExporterMetric> Metrics)
{
    public override string ToString() => Job;
}
