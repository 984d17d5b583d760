using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.IO.Enumeration;
using CoLink.Observability.Catalogue;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Registry.Meters;

/// <summary>
/// Publishes the meters of <c>Metrics:Meters</c>. It listens from the host's start: what was counted before is unknown, so counters
/// begin at 0, and an up-down counter says by how much its level has changed since.
/// </summary>
internal sealed class MeterPublisher : IDisposable
{
    private readonly MetricRegistry _registry;
    private readonly IMeterFactory? _ours;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, MeterFamily> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Meter, string Name)> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Meter, string Name), bool> _leftOut = new();
    private MeterListener? _listener;

    /// <param name="registry">Where to publish.</param>
    /// <param name="ours">This host's factory; null where it has none.</param>
    /// <param name="logger">Where to say what was left out.</param>
    public MeterPublisher(MetricRegistry registry, IMeterFactory? ours, ILogger<MeterPublisher> logger)
    {
        _registry = registry;
        _ours = ours;
        _logger = logger;
    }

    /// <param name="meters">Names of meters, <c>*</c> for any run of characters, in any case.</param>
    public void Start(IEnumerable<string> meters)
    {
        string[] patterns = [.. meters];
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (IsOurs(instrument.Meter) && patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, instrument.Meter.Name)))
                    Publish(instrument, listener);
            },
            MeasurementsCompleted = (_, state) => Complete(state as PublishedInstrument),
        };
        Listen<double>(static value => value);
        Listen<float>(static value => value);
        Listen<decimal>(static value => (double)value);
        Listen<long>(static value => value);
        Listen<int>(static value => value);
        Listen<short>(static value => value);
        Listen<byte>(static value => value);
        _listener.Start();
        _registry.BeforeScrapeAskTheApp(Observers.Meters, Collect);
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _listener = null;
    }

    /// <summary>A meter of another host's factory is that host's, though the listener hears all of the process.</summary>
    private bool IsOurs(Meter meter) => meter.Scope is null || ReferenceEquals(meter.Scope, _ours);

    /// <summary>It runs where the app makes its instrument, and must not fail there.</summary>
    private void Publish(Instrument instrument, MeterListener listener)
    {
        try
        {
            if (Instruments.RecordingOf(instrument) is not { } recording)
                return;
            var (metric, unit) = Instruments.Describe(instrument, recording);

            // Two names can read the same once they are a metric's; added up they would be a number that nobody measured.
            var source = (Meter: instrument.Meter.Name, instrument.Name);
            var first = _sources.GetOrAdd(metric.Name, source);
            if (first != source)
            {
                LeaveOut(instrument, metric.Name, $"would be one with {first.Name} of the meter {first.Meter}");
                return;
            }

            if (_registry.Publish(metric, recording, out var reason) is not { } family)
            {
                LeaveOut(instrument, metric.Name, reason!);
                return;
            }

            _families[metric.Name] = family;
            listener.EnableMeasurementEvents(instrument, family.Publish(unit));
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Meters, exception);
        }
    }

    private static void Complete(PublishedInstrument? instrument) => instrument?.Family.Complete(instrument);

    private void LeaveOut(Instrument instrument, string metric, string reason)
    {
        if (!_leftOut.TryAdd((instrument.Meter.Name, instrument.Name), true))
            return;
        _registry.LeftOut(Observers.Meters);
        Log.InstrumentLeftOut(_logger, instrument.Name, instrument.Meter.Name, metric, reason);
    }

    private void Listen<T>(Func<T, double> number)
        where T : struct => _listener!.SetMeasurementEventCallback<T>((_, measurement, tags, state) =>
        {
            // It runs where the app records, and must not fail there.
            try
            {
                if (state is PublishedInstrument published)
                    published.Family.Record(published, published.Scale(number(measurement)), tags);
            }
            catch (Exception exception)
            {
                _registry.Failed(Observers.Meters, exception);
            }
        });

    /// <summary>An instrument that throws costs its own series: the listener asks the others too, and then tells.</summary>
    private void Collect()
    {
        try
        {
            _listener?.RecordObservableInstruments();
        }
        finally
        {
            foreach (var family in _families.Values)
                family.Settle();
        }
    }
}
