using System.Diagnostics.Metrics;
using System.Globalization;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Registry.Meters;

/// <summary>What an instrument becomes.</summary>
internal static class Instruments
{
    /// <summary>How it speaks; null for a kind that .NET does not have.</summary>
    public static Recording? RecordingOf(Instrument instrument)
    {
        for (var type = instrument.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && Recordings.TryGetValue(type.GetGenericTypeDefinition(), out var recording))
                return recording;
        }

        return null;
    }

    public static (MetricDefinition Metric, InstrumentUnit Unit) Describe(Instrument instrument, Recording recording)
    {
        var kind = recording switch
        {
            Recording.Add or Recording.Total => MetricKind.Counter,
            Recording.Observe => MetricKind.Histogram,
            _ => MetricKind.Gauge,
        };
        var unit = InstrumentUnit.Of(instrument.Unit, kind);
        var help = string.IsNullOrWhiteSpace(instrument.Description) ? $"The instrument {instrument.Name} of the meter {instrument.Meter.Name}." : instrument.Description;
        var metric = new MetricDefinition(MeterNames.Metric(instrument.Name, instrument.Unit, unit, kind), kind, help)
        {
            Buckets = kind == MetricKind.Histogram ? Bounds(instrument, unit) : [],
        };
        return (metric, unit);
    }

    private static readonly Dictionary<Type, Recording> Recordings = new()
    {
        [typeof(Counter<>)] = Recording.Add,
        [typeof(ObservableCounter<>)] = Recording.Total,
        [typeof(UpDownCounter<>)] = Recording.Change,
        [typeof(Gauge<>)] = Recording.Set,
        [typeof(ObservableUpDownCounter<>)] = Recording.Level,
        [typeof(ObservableGauge<>)] = Recording.Level,
        [typeof(Histogram<>)] = Recording.Observe,
    };

    private static IReadOnlyList<double> Bounds(Instrument instrument, InstrumentUnit unit)
    {
        var advised = instrument switch
        {
            Instrument<double> of => Advised(of),
            Instrument<float> of => Advised(of),
            Instrument<decimal> of => Advised(of),
            Instrument<long> of => Advised(of),
            Instrument<int> of => Advised(of),
            Instrument<short> of => Advised(of),
            Instrument<byte> of => Advised(of),
            _ => null,
        };
        if (advised is not null)
            return [.. advised.Select(unit.Scale).Where(double.IsFinite).Distinct().Order(), double.PositiveInfinity];
        return unit.Suffix switch
        {
            "seconds" => Buckets.RequestSeconds,
            "ratio" => Buckets.Ratios,
            _ => Buckets.Magnitudes,
        };
    }

    private static IEnumerable<double>? Advised<T>(Instrument<T> instrument)
        where T : struct => instrument.Advice?.HistogramBucketBoundaries?.Select(bound => Convert.ToDouble(bound, CultureInfo.InvariantCulture));
}
