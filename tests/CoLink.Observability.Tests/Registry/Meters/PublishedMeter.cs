using System.Diagnostics.Metrics;
using CoLink.Observability.Registry.Meters;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Registry.Meters;

/// <summary>A meter of a name that nothing else has, published to a registry of its own.</summary>
public abstract class PublishedMeter : IDisposable
{
    private protected const string Errors = "colink_telemetry_observer_errors_total";

    private protected readonly string _name = $"Shop.{Guid.NewGuid():N}";
    private protected readonly TestRegistry _registry = TestRegistry.New(limit: 50);
    private protected readonly LoggerFactory _loggers;
    private protected readonly MeterPublisher _publisher;
    private protected readonly Meter _meter;

    private protected PublishedMeter()
    {
        _meter = new Meter(_name);
        _loggers = new LoggerFactory([_registry.Logs]);
        _publisher = new MeterPublisher(_registry.Metrics, null, _loggers.CreateLogger<MeterPublisher>());
        _publisher.Start([_name]);
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _meter.Dispose();
        _loggers.Dispose();
        GC.SuppressFinalize(this);
    }
}
