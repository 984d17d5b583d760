using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry;

/// <summary>
/// Admits series up to a metric's cap. Beyond it the open labels of a series together become <c>_other</c> and bounded ones keep
/// their value, so totals stay true and overflow adds at most one series per combination of bounded values. A refused value is
/// not remembered: memory is bounded by the cap, whatever arrives.
/// </summary>
internal sealed class LabelGuard<TSeries>
    where TSeries : class
{
    private readonly ConcurrentDictionary<string[], TSeries> _series = new(LabelValues.Comparer);
    private readonly ConcurrentDictionary<string[], TSeries>.AlternateLookup<ReadOnlySpan<string>> _lookup;
    private readonly Lock _admission = new();
    private readonly MetricLabel[] _labels;
    private readonly bool _isOpen;
    private readonly SeriesBudget _budget;
    private readonly Func<string[], bool, TSeries> _create;
    private readonly Action<string[]> _forget;

    /// <param name="labels">The metric's labels, in the order of the values.</param>
    /// <param name="budget">What is left of the metric's cap; a metric whose labels are all bounded has no need of it.</param>
    /// <param name="create">Makes the series of these values; the flag says that it stands for refused ones.</param>
    /// <param name="forget">Takes the series of these values off. No series is made meanwhile: one of the same values would be taken off with it.</param>
    public LabelGuard(MetricLabel[] labels, SeriesBudget budget, Func<string[], bool, TSeries> create, Action<string[]> forget)
    {
        _labels = labels;
        _isOpen = labels.Any(label => !label.IsBounded);
        _budget = budget;
        _create = create;
        _forget = forget;
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<string>>();
    }

    /// <summary>How many series exist now, overflow included.</summary>
    public int Count => _series.Count;

    public IEnumerable<KeyValuePair<string[], TSeries>> All => _series;

    public TSeries Get(ReadOnlySpan<string> values) => _lookup.TryGetValue(values, out var series) ? series : Admit(values);

    public bool TryFind(ReadOnlySpan<string> values, [MaybeNullWhen(false)] out TSeries series) => _lookup.TryGetValue(values, out series);

    public bool TryRemove(ReadOnlySpan<string> values)
    {
        lock (_admission)
        {
            if (!_lookup.TryRemove(values, out var known, out _))
                return false;
            _forget(known);
            if (_isOpen && !IsOverflow(values))
                _budget.GiveBack();
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TSeries Admit(ReadOnlySpan<string> values)
    {
        if (values.Length != _labels.Length)
            _budget.Miscounted(_labels, values.Length);

        // More labels than the buffer holds come only from meters, whose tags are not ours to limit.
        var buffer = default(Buffer);
        Span<string> clean = _labels.Length <= MetricNames.MaxLabels ? ((Span<string>)buffer)[.._labels.Length] : new string[_labels.Length];
        var unknown = -1;
        for (var i = 0; i < _labels.Length; i++)
        {
            clean[i] = LabelValues.Clean(i < values.Length ? values[i] : null);
            if (_labels[i].Allows(clean[i]))
                continue;
            clean[i] = LabelValues.Other;
            unknown = i;
        }

        if (unknown >= 0 && _budget.IsFirstUnknownValue())
            _budget.WarnOfValue(_labels[unknown], unknown < values.Length ? values[unknown] : null);
        if (_lookup.TryGetValue(clean, out var known))
            return known;
        if (IsOverflow(clean))
            return Overflow(clean);

        if (!_isOpen || !_budget.IsSpent)
        {
            lock (_admission)
            {
                if (_lookup.TryGetValue(clean, out known))
                    return known;
                if (!_isOpen || _budget.TryTake())
                    return Add(clean, isOverflow: false);
            }
        }

        if (_budget.IsFirstBeyondCap())
            _budget.WarnOfCap(_labels, values.ToArray(), _series.Select(entry => entry.Key));
        return Overflow(clean);
    }

    private TSeries Overflow(Span<string> clean)
    {
        for (var i = 0; i < _labels.Length; i++)
        {
            if (!_labels[i].IsBounded)
                clean[i] = LabelValues.Other;
        }

        if (_lookup.TryGetValue(clean, out var series))
            return series;
        lock (_admission)
            return _lookup.TryGetValue(clean, out series) ? series : Add(clean, isOverflow: true);
    }

    private TSeries Add(ReadOnlySpan<string> clean, bool isOverflow)
    {
        var values = clean.ToArray();
        return _series[values] = _create(values, isOverflow);
    }

    /// <summary>Refused values read <c>_other</c> in all their open labels, or in a bounded one that does not name it.</summary>
    private bool IsOverflow(ReadOnlySpan<string> values)
    {
        var allOpenAreOther = _isOpen;
        for (var i = 0; i < _labels.Length; i++)
        {
            var isOther = values[i] == LabelValues.Other;
            if (isOther && !_labels[i].Allows(LabelValues.Other))
                return true;
            allOpenAreOther &= isOther || _labels[i].IsBounded;
        }

        return allOpenAreOther;
    }

    [InlineArray(MetricNames.MaxLabels)]
    private struct Buffer
    {
        private string _first;
    }
}
