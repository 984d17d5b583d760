using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry.Meters;

/// <summary>
/// One metric that meters fill: a family for each label set its tags come in, all under one cap. Instruments of the same name and
/// kind, such as those of two instances of a meter, share it.
/// </summary>
internal sealed class MeterFamily : MetricFamily
{
    private readonly TagSets _sets;
    private readonly Dictionary<GaugeSeries, double> _observed = [];
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<PublishedInstrument, bool> _counters = new();
    private int _instruments;

    public MeterFamily(MetricDefinition definition, Recording recording, Func<MetricDefinition, MetricFamily> create)
        : base(definition)
    {
        Recording = recording;
        _sets = new TagSets(labels => create(definition with { Labels = [.. labels.Select(MetricLabel.Open)] }));
    }

    public Recording Recording { get; }

    internal override int SeriesCount => _sets.Families.Sum(family => family.SeriesCount);

    /// <summary>An instrument begins. It measures only once this has returned, and so never into a series that an ending one takes off.</summary>
    public PublishedInstrument Publish(InstrumentUnit unit)
    {
        var instrument = new PublishedInstrument(this, unit);
        lock (_gate)
            _instruments++;
        if (Recording == Recording.Total)
            _counters[instrument] = true;
        return instrument;
    }

    /// <summary>
    /// An instrument ended. Its totals stay true and stay; a level that nobody keeps any more is taken off, once no other
    /// instrument fills the metric.
    /// </summary>
    public void Complete(PublishedInstrument instrument)
    {
        _counters.TryRemove(instrument, out _);
        lock (_gate)
        {
            if (--_instruments > 0 || Recording is not (Recording.Change or Recording.Set))
                return;
            foreach (var family in _sets.Families)
            {
                foreach (var labels in ((GaugeFamily)family).AllLabels)
                    family.Remove(labels);
            }
        }
    }

    /// <summary>Records a measurement in the base unit. Observed ones are gathered until <see cref="Settle"/>.</summary>
    public void Record(PublishedInstrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!double.IsFinite(value))
            return;
        var buffer = default(Values);
        var family = _sets.Find(tags, buffer, out var count);
        var labels = ((ReadOnlySpan<string>)buffer)[..count];
        switch (Recording)
        {
            case Recording.Add:
                ((CounterFamily)family).With(labels).Inc(value);
                break;
            case Recording.Change:
                ((GaugeFamily)family).With(labels).Inc(value);
                break;
            case Recording.Set:
                ((GaugeFamily)family).With(labels).Set(value);
                break;
            case Recording.Observe:
                ((HistogramFamily)family).With(labels).Observe(value);
                break;
            case Recording.Total:
                instrument.Totals.Gather(((CounterFamily)family).With(labels), value);
                break;
            case Recording.Level:
                Gather(((GaugeFamily)family).With(labels), value);
                break;
        }
    }

    /// <summary>
    /// Ends a collection: what was observed of one level is summed, and one that was not observed is gone. Collections run one
    /// at a time, and only they observe.
    /// </summary>
    public void Settle()
    {
        foreach (var (counter, _) in _counters)
            counter.Totals.Settle();
        foreach (var (series, value) in _observed)
            series.Set(value);

        if (Recording == Recording.Level)
        {
            foreach (var gauge in _sets.Families.Cast<GaugeFamily>())
            {
                foreach (var labels in gauge.AllLabels)
                {
                    if (!_observed.ContainsKey(gauge.With(labels)))
                        gauge.Remove(labels);
                }
            }
        }

        _observed.Clear();
    }

    internal override double? Read(ReadOnlySpan<string> labels) => null;

    internal override bool Remove(ReadOnlySpan<string> labels) => false;

    private void Gather(GaugeSeries series, double value) => _observed[series] = _observed.GetValueOrDefault(series) + value;

    [InlineArray(TagSets.MaxTags + 1)]
    private struct Values
    {
        private string _first;
    }
}
