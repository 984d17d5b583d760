using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// The connection gauges of one source, written anew at each scrape: pools that read the same are added up, those that the guard
/// folds into one as well, and the series of a pool that is gone go with it.
/// </summary>
/// <remarks>For one scrape at a time.</remarks>
internal sealed class PoolGauges(MetricRegistry registry)
{
    private readonly Gauge _active = new(registry, DatabaseCatalogue.ConnectionsActive);
    private readonly Gauge _idle = new(registry, DatabaseCatalogue.ConnectionsIdle);
    private readonly Gauge _max = new(registry, DatabaseCatalogue.ConnectionsMax);

    /// <summary>A pool as it stands; what its driver does not tell is null and absent.</summary>
    public void Add(DbSystem system, string database, string pool, double? active, double? idle, double? max)
    {
        string[] labels = [DatabaseMetrics.Name(system), LabelValues.Clean(database), LabelValues.Clean(pool)];
        _active.Add(labels, active);
        _idle.Add(labels, idle);
        _max.Add(labels, max);
    }

    /// <summary>Every pool was added.</summary>
    public void Show()
    {
        _active.Show();
        _idle.Show();
        _max.Show();
    }

    /// <summary>Declared with its first value: a family that nobody can tell is absent.</summary>
    private sealed class Gauge(MetricRegistry registry, MetricDefinition metric)
    {
        private readonly Dictionary<GaugeSeries, double> _sums = [];
        private HashSet<string> _folded = new(StringComparer.Ordinal);
        private Dictionary<string[], double> _now = new(LabelValues.Comparer);
        private Dictionary<string[], double> _shown = new(LabelValues.Comparer);

        public void Add(string[] labels, double? value)
        {
            if (value is { } number)
                _now[labels] = _now.GetValueOrDefault(labels) + number;
        }

        public void Show()
        {
            if (_now.Count + _shown.Count > 0)
                Show(registry.Gauge(metric));
            (_now, _shown) = (_shown, _now);
            _now.Clear();
        }

        private void Show(GaugeFamily family)
        {
            // What is gone makes room for what is new.
            foreach (var labels in _shown.Keys)
            {
                if (!_now.ContainsKey(labels))
                    family.Remove(labels);
            }

            var folded = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (labels, value) in _now)
            {
                var series = family.With(labels);
                _sums[series] = _sums.GetValueOrDefault(series) + value;
                if (family.Read(labels) is null)
                    folded.Add(labels[0]);
            }

            foreach (var system in _folded.Except(folded))
                family.Remove([system, LabelValues.Other, LabelValues.Other]);
            _folded = folded;

            foreach (var (series, value) in _sums)
                series.Set(value);
            _sums.Clear();
        }
    }
}
