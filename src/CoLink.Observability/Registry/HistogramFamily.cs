using System.Diagnostics;
using CoLink.Observability.Catalogue;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>A histogram and its series, one for each set of label values.</summary>
public sealed class HistogramFamily : MetricFamily
{
    private readonly Histogram _histogram;
    private readonly Func<Counter.Child> _refusals;
    private readonly Measurements _measurements;
    private readonly Func<ExemplarOffers>? _exemplars;
    private readonly LabelGuard<HistogramSeries> _guard;

    internal HistogramFamily(MetricDefinition definition, Histogram histogram, SeriesBudget budget, Func<Counter.Child> refusals, Measurements measurements, Func<ExemplarOffers>? exemplars)
        : base(definition)
    {
        _histogram = histogram;
        _refusals = refusals;
        _measurements = measurements;
        _exemplars = exemplars;
        _guard = new LabelGuard<HistogramSeries>(definition.Labels, budget, Create, Forget);
        if (definition.Labels.Length == 0)
            With();
    }

    /// <summary>The series of these label values, in the order declared. Keep it where the values are known: a look-up saved.</summary>
    /// <param name="labels">One value a label. Missing ones read as empty, further ones are ignored, and either is counted as an error of the observer <c>registry</c>; beyond the metric's cap it is the series <c>_other</c>.</param>
    public HistogramSeries With(params ReadOnlySpan<string> labels) => _guard.Get(labels);

    /// <summary>Records an observation in the series of these label values.</summary>
    /// <param name="value">What was measured, in the metric's unit.</param>
    /// <param name="labels">One value a label, in the order declared.</param>
    public void Observe(double value, params ReadOnlySpan<string> labels) => With(labels).Observe(value);

    internal override int SeriesCount => _guard.Count;

    internal override double? Read(ReadOnlySpan<string> labels) => _guard.TryFind(labels, out var series) ? series.Count : null;

    internal override bool Remove(ReadOnlySpan<string> labels) => _guard.TryRemove(labels);

    private HistogramSeries Create(string[] values, bool isOverflow) => new(_histogram.WithLabels(values), isOverflow ? _refusals() : null, _measurements, _exemplars);

    private void Forget(string[] values)
    {
        _histogram.RemoveLabelled(values);
        if (values.Length == 0)
            _histogram.Unpublish();
    }
}

/// <summary>One series of a histogram.</summary>
public sealed class HistogramSeries
{
    private readonly Histogram.Child _child;
    private readonly Counter.Child? _refusals;
    private readonly Measurements _measurements;
    private readonly Func<ExemplarOffers>? _exemplars;

    /// <summary>From the first sampled span on: a service that samples nothing keeps nothing for it.</summary>
    private ExemplarOffers? _offers;

    internal HistogramSeries(Histogram.Child child, Counter.Child? refusals, Measurements measurements, Func<ExemplarOffers>? exemplars)
    {
        _child = child;
        _refusals = refusals;
        _measurements = measurements;
        _exemplars = exemplars;
    }

    /// <summary>How many observations were recorded.</summary>
    public long Count => _child.Count;

    /// <summary>The sum of what was recorded, in the metric's unit.</summary>
    public double Sum => _child.Sum;

    /// <summary>Records an observation. What is no number is ignored.</summary>
    /// <param name="value">What was measured, in the metric's unit.</param>
    public void Observe(double value)
    {
        if (double.IsFinite(value))
            Observe(value, _exemplars is null ? null : Exemplars.SampledSpan);
    }

    /// <summary>Starts the clock and records the seconds until the returned value is disposed, as in <c>using (series.Time())</c>, also where the work throws.</summary>
    public MetricScope Time() => _measurements.Take().Begin(this);

    /// <param name="value">What was measured, a number, in the metric's unit.</param>
    /// <param name="span">The sampled span that an exemplar may lead to, which need not be the current one; null for none.</param>
    internal void Observe(double value, Activity? span)
    {
        if (span is not null && _exemplars is not null && (_offers ??= _exemplars()).TryTake(value))
            _child.Observe(value, Exemplars.Of(span));
        else
            _child.Observe(value);
        _refusals?.Inc();
    }
}
