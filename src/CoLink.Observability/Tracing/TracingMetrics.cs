using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Tracing;

/// <summary>What the traces say about themselves. It begins where spans are exported, by the library or by the app.</summary>
internal sealed class TracingMetrics
{
    private const string Signal = "traces";

    private readonly CounterSeries _exported;
    private readonly CounterSeries _failed;
    private readonly CounterSeries _dropped;
    private readonly CounterSeries[] _failures;
    private readonly GaugeFamily _lastSuccess;
    private readonly GaugeSeries _consecutiveFailures;
    private readonly GaugeFamily _sources;

    public TracingMetrics(MetricRegistry registry)
    {
        var spans = registry.Counter(SelfCatalogue.Spans);
        var outcomes = SelfCatalogue.Spans.Labels[0].Values;
        (_exported, _failed, _dropped) = (spans.With(outcomes[0]), spans.With(outcomes[1]), spans.With(outcomes[2]));

        // The first failure must be an increase.
        var failures = registry.Counter(SelfCatalogue.ExportFailures);
        _failures = [.. SelfCatalogue.ExportFailures.Labels[1].Values.Select(reason => failures.With(Signal, reason))];
        _lastSuccess = registry.Gauge(SelfCatalogue.LastSuccess);
        _consecutiveFailures = registry.Gauge(SelfCatalogue.ConsecutiveFailures).With(Signal);
        _sources = registry.Gauge(SelfCatalogue.SourceActive);
    }

    public void Exported(long spans) => _exported.Inc(spans);

    public void Failed(long spans) => _failed.Inc(spans);

    public void Dropped(long spans) => _dropped.Inc(spans);

    /// <param name="reason">By its place in the label's values.</param>
    public void ExportFailed(int reason) => _failures[reason].Inc();

    public void ConsecutiveFailures(long failures) => _consecutiveFailures.Set(failures);

    public void Succeeded(DateTimeOffset moment) => _lastSuccess.Set(moment.ToUnixTimeMilliseconds() / 1000.0, Signal);

    public void SourceActive(string source, bool isActive) => _sources.Set(isActive ? 1 : 0, source);
}
