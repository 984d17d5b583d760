using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

public sealed class NpgsqlSourceTests : ObserverConformance, IDisposable
{
    /// <summary>A second meter of the driver's name.</summary>
    private Meter? _second;
    private FakeNpgsql? _npgsql;

    private protected override MetricDefinition[] Metrics => DatabaseCatalogue.All;

    private protected override string Observer => Observers.Database;

    private protected override string Source => Sources.Npgsql;

    private FakeNpgsql Npgsql => _npgsql ??= new FakeNpgsql().Publish();

    public void Dispose()
    {
        _npgsql?.Dispose();
        _second?.Dispose();
    }

    private protected override double Heard(Scrape scrape) => scrape.Sum(DatabaseCatalogue.QueryDuration.Name + "_count", ("system", "postgresql"));

    private protected override Task SpeakAsync(RunningApp app)
    {
        Npgsql.Run("SELECT 1");
        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        _second = new Meter(Sources.Npgsql);
        _second.CreateCounter<long>("db.client.connection.count").Add(7, new KeyValuePair<string, object?>("db.client.connection.state", "used"));
        _second.CreateHistogram<int>("db.client.connection.max").Record(7);
        _second.CreateObservableGauge("db.client.connection.npgsql.timeouts", () => 7);
        _second.CreateCounter<int>("db.client.operation.failed").Add(0, new KeyValuePair<string, object?>("", null));
        _second.CreateObservableUpDownCounter("db.client.connection.count", () => new[]
        {
            new Measurement<int>(5, new("db.client.connection.state", 12), new("db.client.connection.pool.name", new object())),
            new Measurement<int>(5, new("db.client.connection.state", "resting"), new("db.client.connection.pool.name", null)),
            new Measurement<int>(5),
        });
        using (var activity = Npgsql.Start("postgresql"))
        {
            foreach (var name in (string[])["db.query.text", "db.statement", "db.operation.name", "db.namespace", "db.npgsql.data_source", "error.type", "colour"])
                activity?.SetTag(name, new object()).SetTag(name + ".more", null);
        }

        Npgsql.Connect("", errorType: "");
        Npgsql.Start("CONNECT ")?.SetTag("error.type", 12).Dispose();
        Npgsql.Start("")?.Dispose();
        return Task.CompletedTask;
    }
}
