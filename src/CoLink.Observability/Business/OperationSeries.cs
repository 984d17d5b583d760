using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.ObjectPool;

namespace CoLink.Observability.Business;

/// <summary>What is recorded of one operation: its series in the two families of the platform and, where it was declared with labels, two families of its own.</summary>
internal sealed class OperationSeries : IPooledObjectPolicy<RunningOperation>
{
    /// <summary>The value of a label that an operation did not set.</summary>
    public const string Unset = "unset";

    /// <summary>What may wait to be used again; with more of one operation running at once, each further one allocates.</summary>
    private const int Kept = 64;

    private static readonly string[] Outcomes = [.. BusinessCatalogue.Outcome.Values];

    private readonly string _name;
    private readonly HistogramFamily _durations;
    private readonly CounterSeries[] _count;
    private readonly HistogramSeries?[] _duration = new HistogramSeries?[Outcomes.Length];
    private readonly DefaultObjectPool<RunningOperation> _pool;
    private readonly MetricLabel[] _labels = [];
    private readonly CounterFamily? _ownCounts;
    private readonly HistogramFamily? _ownDurations;

    public OperationSeries(string name, CounterFamily counts, HistogramFamily durations, OperationSignals signals)
    {
        _name = name;
        _durations = durations;
        Signals = signals;
        _pool = new DefaultObjectPool<RunningOperation>(this, Kept);
        _count = [.. Outcomes.Select(outcome => counts.With(name, outcome))];
    }

    private OperationSeries(string name, CounterFamily counts, HistogramFamily durations, OperationSignals signals, MetricLabel[] labels, CounterFamily? ownCounts, HistogramFamily? ownDurations)
        : this(name, counts, durations, signals)
    {
        IsDeclared = true;
        _labels = labels;
        _ownCounts = ownCounts;
        _ownDurations = ownDurations;
    }

    public OperationSignals Signals { get; }

    public bool IsDeclared { get; }

    public int LabelCount => _labels.Length;

    public static OperationSeries Declared(
        string name, ReadOnlySpan<MetricLabel> labels, MetricRegistry registry, CounterFamily counts, HistogramFamily durations, OperationSignals signals)
    {
        if (labels.Length == 0)
            return new OperationSeries(name, counts, durations, signals, [], null, null);
        foreach (var label in labels)
        {
            if (BusinessCatalogue.IsOperationKey(label?.Name))
                throw new ArgumentException($"Operation '{name}' has a label '{label!.Name}', which every operation has: leave it out.", nameof(labels));
        }

        MetricLabel[] own = [.. labels], withUnset = [.. own.Select(label => label is { IsBounded: true } && !label.Allows(Unset) ? MetricLabel.OneOf(label.Name, [.. label.Values, Unset]) : label)];
        var (ownCounts, ownDurations) = (
            registry.Counter(Free(BusinessCatalogue.OperationsOf(name, withUnset))), registry.Histogram(Free(BusinessCatalogue.OperationDurationOf(name, withUnset))));
        CreateAll(ownCounts, registry.LimitOf(ownCounts.Definition) / 2);
        return new OperationSeries(name, counts, durations, signals, own, ownCounts, ownDurations);
    }

    /// <summary>An operation is declared once; a second declaration must say the same.</summary>
    public void MustHave(ReadOnlySpan<MetricLabel> labels)
    {
        var same = labels.Length == _labels.Length;
        for (var i = 0; same && i < labels.Length; i++)
            same = _labels[i].SameAs(labels[i]);
        if (!same)
            throw new ArgumentException($"Operation '{_name}' is declared with the labels [{string.Join(", ", labels.ToArray().AsEnumerable())}], but it was declared with [{string.Join(", ", _labels.AsEnumerable())}].", nameof(labels));
    }

    public RunningOperation Take() => _pool.Get();

    public void GiveBack(RunningOperation operation) => _pool.Return(operation);

    public RunningOperation Create() => new(this);

    public bool Return(RunningOperation obj) => true;

    /// <summary>The place of a label among the declared ones, or -1.</summary>
    public int IndexOf(string key)
    {
        for (var i = 0; i < _labels.Length; i++)
        {
            if (_labels[i].Name == key)
                return i;
        }

        return -1;
    }

    /// <param name="isSuccess">How it ended.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="values">The declared labels' values, and one place more, for the outcome.</param>
    /// <param name="span">The sampled span that an exemplar may lead to; null for none.</param>
    public void Record(bool isSuccess, double seconds, string[] values, Activity? span)
    {
        var outcome = isSuccess ? 0 : 1;
        _count[outcome].Inc();
        (_duration[outcome] ??= _durations.With(_name, Outcomes[outcome])).Observe(seconds, span);
        if (_ownCounts is null)
            return;

        // The other outcome of these values exists from now on too, so that its first is an increase.
        values[^1] = Outcomes[1 - outcome];
        _ownCounts.With(values);
        values[^1] = Outcomes[outcome];
        _ownCounts.Inc(values);
        _ownDurations!.With(values).Observe(seconds, span);
    }

    /// <summary>Every combination at 0, so that the first of each is an increase; where there are more than a metric should have, each begins with its first.</summary>
    private static void CreateAll(CounterFamily counts, int limit)
    {
        IEnumerable<string[]> combinations = [[]];
        foreach (var label in counts.Definition.Labels)
        {
            combinations = combinations.SelectMany(row => label.Values.Select(value => (string[])[.. row, value]));
            if (combinations.Take(limit + 1).Count() > limit)
                return;
        }

        foreach (var row in combinations)
            counts.With(row);
    }

    private static MetricDefinition Free(MetricDefinition metric) => !MetricCatalogue.Reserves(metric.Name)
        ? metric
        : throw MetricNames.Refused(metric.Name, "is the platform's name: give the operation another one");
}
