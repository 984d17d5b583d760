namespace CoLink.Observability.Registry;

/// <summary>How many series each metric may have before the guard folds the next ones into <c>_other</c>.</summary>
internal sealed class SeriesLimits(int @default, IReadOnlyDictionary<string, int> byMetric)
{
    public static SeriesLimits Default { get; } = new(MetricsOptions.DefaultMaxSeriesPerMetric, new Dictionary<string, int>());

    public int For(string metric) => byMetric.TryGetValue(metric, out var limit) ? limit : @default;
}
