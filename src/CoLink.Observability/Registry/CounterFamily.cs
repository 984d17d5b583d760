using CoLink.Observability.Catalogue;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>A counter and its series, one for each set of label values.</summary>
public sealed class CounterFamily : MetricFamily
{
    private readonly Counter _counter;
    private readonly Func<Counter.Child> _refusals;
    private readonly LabelGuard<CounterSeries> _guard;

    internal CounterFamily(MetricDefinition definition, Counter counter, SeriesBudget budget, Func<Counter.Child> refusals)
        : base(definition)
    {
        _counter = counter;
        _refusals = refusals;
        _guard = new LabelGuard<CounterSeries>(definition.Labels, budget, Create, Forget);
        if (definition.Labels.Length == 0)
            With();
    }

    /// <summary>The series of these label values, in the order declared. Keep it where the values are known: a look-up saved.</summary>
    /// <param name="labels">One value a label. Missing ones read as empty, further ones are ignored, and either is counted as an error of the observer <c>registry</c>; beyond the metric's cap it is the series <c>_other</c>.</param>
    public CounterSeries With(params ReadOnlySpan<string> labels) => _guard.Get(labels);

    /// <summary>Adds one to the series of these label values.</summary>
    /// <param name="labels">One value a label, in the order declared.</param>
    public void Inc(params ReadOnlySpan<string> labels) => With(labels).Inc();

    /// <summary>Adds an amount to the series of these label values. A negative one, and one that is no number, is ignored.</summary>
    /// <param name="amount">How much to add, in the metric's unit.</param>
    /// <param name="labels">One value a label, in the order declared.</param>
    public void Inc(double amount, params ReadOnlySpan<string> labels) => With(labels).Inc(amount);

    internal override int SeriesCount => _guard.Count;

    internal override double? Read(ReadOnlySpan<string> labels) => _guard.TryFind(labels, out var series) ? series.Value : null;

    internal override bool Remove(ReadOnlySpan<string> labels) => _guard.TryRemove(labels);

    private CounterSeries Create(string[] values, bool isOverflow) => new(_counter.WithLabels(values), isOverflow ? _refusals() : null);

    private void Forget(string[] values)
    {
        _counter.RemoveLabelled(values);
        if (values.Length == 0)
            _counter.Unpublish();
    }
}

/// <summary>One series of a counter.</summary>
public sealed class CounterSeries
{
    private readonly Counter.Child _child;
    private readonly Counter.Child? _refusals;

    internal CounterSeries(Counter.Child child, Counter.Child? refusals)
    {
        _child = child;
        _refusals = refusals;
    }

    /// <summary>Whether it stands for refused label values.</summary>
    internal bool IsOverflow => _refusals is not null;

    /// <summary>What has been counted so far.</summary>
    public double Value => _child.Value;

    /// <summary>Adds one.</summary>
    public void Inc()
    {
        _child.Inc();
        _refusals?.Inc();
    }

    /// <param name="isSpanSampled">What <see cref="Exemplars.IsSpanSampled"/> said.</param>
    internal void Inc(bool isSpanSampled)
    {
        _child.Inc(1, Exemplars.Choose(isSpanSampled));
        _refusals?.Inc();
    }

    /// <summary>Adds an amount. A negative one, and one that is no number, is ignored: a counter only grows.</summary>
    /// <param name="amount">How much to add, in the metric's unit.</param>
    public void Inc(double amount)
    {
        if (!(amount >= 0) || double.IsPositiveInfinity(amount))
            return;
        _child.Inc(amount);
        _refusals?.Inc();
    }

    /// <summary>Follows a counter that is kept elsewhere. A value lower than the last, and one that is no number, is ignored.</summary>
    internal void Follow(double total)
    {
        if (!double.IsFinite(total))
            return;
        _child.IncTo(total);
        _refusals?.Inc();
    }
}
