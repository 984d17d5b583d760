using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Registry.Meters;

/// <summary>What <c>Metrics:Meters</c> publishes is a family of the app's, and keeps what the library's keep.</summary>
public sealed class MetersFamilyTests : FamilyConformance, IDisposable
{
    private readonly Meter _meter = new($"Shop.{Guid.NewGuid():N}");

    private protected override MetricDefinition[] Metrics =>
    [
        new("shop_orders_total", MetricKind.Counter, "Orders.", "country"),
        new("shop_delivery_seconds", MetricKind.Histogram, "Time to the door.", "country") { Buckets = Buckets.RequestSeconds },
        new("shop_carts", MetricKind.Gauge, "Carts."),
    ];

    private protected override string Observer => Observers.Meters;

    private protected override bool IsOfTheCatalogue => false;

    public void Dispose() => _meter.Dispose();

    private protected override void Configure(CoLinkObservabilityOptions options) => options.Metrics.Meters = [_meter.Name];

    private protected override Task FillAsync(RunningApp app)
    {
        _meter.CreateCounter<int>("shop.orders", description: "Orders.").Add(1, Country("de"));
        _meter.CreateHistogram<double>("shop.delivery", "s", "Time to the door.").Record(1, Country("de"));
        _meter.CreateUpDownCounter<int>("shop.carts", description: "Carts.").Add(1);
        return Task.CompletedTask;
    }

    private protected override void Flood(RunningApp app, MetricDefinition metric, int values)
    {
        var counter = metric.Kind == MetricKind.Counter ? _meter.CreateCounter<int>("shop.orders", description: "Orders.") : null;
        var histogram = metric.Kind == MetricKind.Histogram ? _meter.CreateHistogram<double>("shop.delivery", "s", "Time to the door.") : null;
        for (var i = 0; i < values; i++)
        {
            counter?.Add(1, Country($"{i}"));
            histogram?.Record(1, Country($"{i}"));
        }
    }

    private static KeyValuePair<string, object?> Country(string value) => new("country", value);
}
