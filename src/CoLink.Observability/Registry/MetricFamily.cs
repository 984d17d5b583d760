using CoLink.Observability.Catalogue;
namespace CoLink.Observability.Registry;

/// <summary>A declared metric with its series.</summary>
public abstract class MetricFamily
{
    private protected MetricFamily(MetricDefinition definition) => Definition = definition;

    /// <summary>The metric's name as it stands at <c>/metrics</c>.</summary>
    public string Name => Definition.Name;

    internal MetricDefinition Definition { get; }

    /// <summary>How many series exist now.</summary>
    internal abstract int SeriesCount { get; }

    /// <summary>The value of one series, a histogram's count; null where it does not exist.</summary>
    internal abstract double? Read(ReadOnlySpan<string> labels);

    internal abstract bool Remove(ReadOnlySpan<string> labels);
}
