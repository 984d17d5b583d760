using System.Diagnostics;
using CoLink.Observability.Catalogue;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>A counter and its series, one for each set of label values.</summary>
public sealed class CounterFamily : MetricFamily
{
    private readonly Counter _counter;
    private readonly Func<Counter.Child> _refusals;
    private readonly Func<ExemplarOffers>? _exemplars;
    private readonly LabelGuard<CounterSeries> _guard;

    internal CounterFamily(MetricDefinition definition, Counter counter, SeriesBudget budget, Func<Counter.Child> refusals, Func<ExemplarOffers>? exemplars)
        : base(definition)
    {
        _counter = counter;
        _refusals = refusals;
        _exemplars = exemplars;
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

    private CounterSeries Create(string[] values, bool isOverflow) => new(_counter.WithLabels(values), isOverflow ? _refusals() : null, _exemplars);

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

    private readonly Func<ExemplarOffers>? _exemplars;

    /// <summary>From the first sampled span on: a service that samples nothing keeps nothing for it.</summary>
    private ExemplarOffers? _offers;

    internal CounterSeries(Counter.Child child, Counter.Child? refusals, Func<ExemplarOffers>? exemplars)
    {
        _child = child;
        _refusals = refusals;
        _exemplars = exemplars;
    }

    /// <summary>Whether it stands for refused label values.</summary>
    internal bool IsOverflow => _refusals is not null;

    /// <summary>What has been counted so far.</summary>
    public double Value => _child.Value;

    /// <summary>Adds one.</summary>
    public void Inc() => Add(1, Span);

    /// <summary>Adds an amount. A negative one, and one that is no number, is ignored: a counter only grows.</summary>
    /// <param name="amount">How much to add, in the metric's unit.</param>
    public void Inc(double amount)
    {
        if (!(amount >= 0) || double.IsPositiveInfinity(amount))
            return;
        Add(amount, Span);
    }

    /// <summary>Adds one.</summary>
    /// <param name="span">The sampled span that an exemplar may lead to; null for none.</param>
    internal void Inc(Activity? span) => Add(1, span);

#pragma warning disable RS0026 // One name for all three: under a name of its own the first would take an async lambda, as async void.
    /// <summary>Does the work and counts the exception that leaves it, which goes on to the caller as it was. A result is assigned inside.</summary>
    /// <param name="work">What may throw.</param>
    /// <param name="when">Which exceptions count, by default all; one that it throws itself is ignored.</param>
    public void CountExceptions(Action work, Func<Exception, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            work();
        }
        catch (Exception exception) when (Count(exception, when))
        {
            throw;
        }
    }

    /// <summary>The same for work that is awaited.</summary>
    /// <param name="work">What may throw.</param>
    /// <param name="when">Which exceptions count, by default all, cancellation included.</param>
    public async Task CountExceptions(Func<Task> work, Func<Exception, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            await work();
        }
        catch (Exception exception) when (Count(exception, when))
        {
            throw;
        }
    }

    /// <summary>The same for work that is awaited and has a result.</summary>
    /// <param name="work">What may throw.</param>
    /// <param name="when">Which exceptions count, by default all, cancellation included.</param>
    /// <returns>What the work returned.</returns>
    public async Task<T> CountExceptions<T>(Func<Task<T>> work, Func<Exception, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return await work();
        }
        catch (Exception exception) when (Count(exception, when))
        {
            throw;
        }
    }

#pragma warning restore RS0026

    /// <summary>Always false, so that nothing is caught: a rethrow would be a second exception to whoever counts them.</summary>
    private bool Count(Exception exception, Func<Exception, bool>? when)
    {
        if (when is null || when(exception))
            Inc();
        return false;
    }

    private Activity? Span => _exemplars is null ? null : Exemplars.SampledSpan;

    private void Add(double amount, Activity? span)
    {
        if (span is not null && _exemplars is not null && (_offers ??= _exemplars()).TryTake(amount))
            _child.Inc(amount, Exemplars.Of(span));
        else
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
