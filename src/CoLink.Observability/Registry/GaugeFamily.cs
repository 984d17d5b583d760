using CoLink.Observability.Catalogue;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>A gauge and its series, one for each set of label values.</summary>
public sealed class GaugeFamily : MetricFamily
{
    private readonly Gauge _gauge;
    private readonly Func<Counter.Child> _refusals;
    private readonly Measurements _measurements;
    private readonly LabelGuard<GaugeSeries> _guard;

    internal GaugeFamily(MetricDefinition definition, Gauge gauge, SeriesBudget budget, Func<Counter.Child> refusals, Measurements measurements)
        : base(definition)
    {
        _gauge = gauge;
        _refusals = refusals;
        _measurements = measurements;
        _guard = new LabelGuard<GaugeSeries>(definition.Labels, budget, Create, Forget);
        if (definition.Labels.Length == 0)
            With();
    }

    /// <summary>The series of these label values, in the order declared. Keep it where the values are known: a look-up saved.</summary>
    /// <param name="labels">One value a label. Missing ones read as empty, further ones are ignored, and either is counted as an error of the observer <c>registry</c>; beyond the metric's cap it is the series <c>_other</c>.</param>
    public GaugeSeries With(params ReadOnlySpan<string> labels) => _guard.Get(labels);

    /// <summary>Sets the series of these label values. NaN says that there is no value now.</summary>
    /// <param name="value">The value now, in the metric's unit.</param>
    /// <param name="labels">One value a label, in the order declared.</param>
    public void Set(double value, params ReadOnlySpan<string> labels) => With(labels).Set(value);

    /// <summary>Adds one to the series of these label values.</summary>
    /// <param name="labels">One value a label, in the order declared.</param>
    public void Inc(params ReadOnlySpan<string> labels) => With(labels).Inc();

    /// <summary>Takes one from the series of these label values.</summary>
    /// <param name="labels">One value a label, in the order declared.</param>
    public void Dec(params ReadOnlySpan<string> labels) => With(labels).Dec();

    internal override int SeriesCount => _guard.Count;

    internal override double? Read(ReadOnlySpan<string> labels) => _guard.TryFind(labels, out var series) ? series.Value : null;

    /// <summary>Takes a series off the exposition: what is gone must not be shown with its last value.</summary>
    internal override bool Remove(ReadOnlySpan<string> labels) => _guard.TryRemove(labels);

    internal IEnumerable<string[]> AllLabels => _guard.All.Select(entry => entry.Key);

    private GaugeSeries Create(string[] values, bool isOverflow) => new(_gauge.WithLabels(values), isOverflow ? _refusals() : null, _measurements);

    private void Forget(string[] values)
    {
        _gauge.RemoveLabelled(values);

        // The client library makes an unlabelled series anew at each scrape, at 0, unless it is told not to show it.
        if (values.Length == 0)
            _gauge.Unpublish();
    }
}

/// <summary>One series of a gauge.</summary>
public sealed class GaugeSeries
{
    private readonly Gauge.Child _child;
    private readonly Counter.Child? _refusals;
    private readonly Measurements _measurements;

    internal GaugeSeries(Gauge.Child child, Counter.Child? refusals, Measurements measurements)
    {
        _child = child;
        _refusals = refusals;
        _measurements = measurements;
    }

    /// <summary>The value now.</summary>
    public double Value => _child.Value;

    /// <summary>Sets the value. NaN says that there is none now.</summary>
    /// <param name="value">The value now, in the metric's unit.</param>
    public void Set(double value)
    {
        _child.Set(value);
        _refusals?.Inc();
    }

    /// <summary>Adds an amount, by default one. What is no finite number is ignored: the gauge could never return from it.</summary>
    /// <param name="amount">How much to add, in the metric's unit; may be negative.</param>
    public void Inc(double amount = 1)
    {
        if (!double.IsFinite(amount))
            return;
        _child.Inc(amount);
        _refusals?.Inc();
    }

    /// <summary>Takes an amount, by default one. What is no finite number is ignored.</summary>
    /// <param name="amount">How much to take, in the metric's unit; may be negative.</param>
    public void Dec(double amount = 1) => Inc(-amount);

    /// <summary>Adds one now and takes it back when the returned value is disposed, as in <c>using (series.Track())</c>: what is in progress.</summary>
    public MetricScope Track() => _measurements.Take().Begin(this);
}
