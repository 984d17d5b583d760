using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

/// <summary>Filled by the driver that tells the most.</summary>
[Collection(nameof(ProcessWide))]
public sealed class DatabaseFamilyTests : FamilyConformance, IDisposable
{
    private FakeNpgsql? _npgsql;

    private protected override MetricDefinition[] Metrics => DatabaseCatalogue.All;

    private protected override string Observer => Observers.Database;

    private protected override string Switch => "Database:Enabled";

    public void Dispose() => _npgsql?.Dispose();

    private protected override Task FillAsync(RunningApp app)
    {
        _npgsql = new FakeNpgsql().Publish();
        _npgsql.Pools.Add(new FakeNpgsql.FakePool("Host=h;Database=orders", Busy: 1, Idle: 1));
        _npgsql.Connect("orders");
        _npgsql.Run("SELECT 1");
        return Task.CompletedTask;
    }
}
