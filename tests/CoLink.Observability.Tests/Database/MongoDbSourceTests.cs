using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

public sealed class MongoDbSourceTests : ObserverConformance, IDisposable
{
    private FakeMongoDb? _driver;

    private protected override MetricDefinition[] Metrics => DatabaseCatalogue.All;

    private protected override string Observer => Observers.Database;

    private protected override string Source => Sources.MongoDb;

    private FakeMongoDb Driver => _driver ??= new FakeMongoDb();

    public void Dispose() => _driver?.Dispose();

    private protected override double Heard(Scrape scrape) => scrape.Sum(DatabaseCatalogue.QueryDuration.Name + "_count", ("system", "mongodb"));

    private protected override Task SpeakAsync(RunningApp app)
    {
        Driver.Run("find", "shop");
        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        Driver.BeginTagged("x")?.Dispose();
        Driver.BeginTagged("x", new("db.operation.name", null), new("db.namespace", null))?.Dispose();
        Driver.BeginTagged("x", new("db.operation.name", 7), new("", new object()))?.Dispose();
        Driver.Begin("colour", null, "")?.Dispose();
        using var strange = Driver.BeginTagged("find", new("db.operation.name", "find"), new("db.namespace", 12), new("colour", null));
        strange?.SetTag("exception.type", 5).SetTag("exception.message", new object()).SetStatus(ActivityStatusCode.Error);
        return Task.CompletedTask;
    }
}
