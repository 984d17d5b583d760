using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

public sealed class SqlClientSourceTests : ObserverConformance, IDisposable
{
    private FakeSqlClient? _client;

    private protected override MetricDefinition[] Metrics => DatabaseCatalogue.All;

    private protected override string Observer => Observers.Database;

    private protected override string Source => Sources.SqlClient;

    private FakeSqlClient Client => _client ??= new FakeSqlClient();

    public void Dispose() => _client?.Dispose();

    private protected override double Heard(Scrape scrape) => scrape.Sum(DatabaseCatalogue.QueryDuration.Name + "_count", ("system", "mssql"));

    private protected override Task SpeakAsync(RunningApp app)
    {
        Client.Run("SELECT 1");
        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        Client.Misbehave();
        return Task.CompletedTask;
    }
}
