using System.Diagnostics.Tracing;
using CoLink.Observability.Database;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

/// <summary>Counters told by hand; those of the real client are in the tests of SqlClient.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SqlClientPoolsTests
{
    private const string Active = "number-of-active-connections";

    [Fact]
    public async Task Counters_of_other_shapes_are_passed_over_and_a_true_one_is_still_read()
    {
        var registry = TestRegistry.New();
        using var pools = new SqlClientPools(new DatabaseMetrics(registry.Metrics), registry.Metrics, TimeSpan.FromHours(1));
        pools.Start();
        using var client = new Counters();

        client.Tell(new { Payload = new Worded() });
        client.Tell(new { Payload = new Nameless() });
        client.Tell(new { Payload = new Counted { Mean = double.NaN } });
        client.Tell(new { Payload = new Counted { Name = "number-of-colours", Mean = 7 } });
        client.Tell(new { Payload = Active, Mean = 7.0 });
        client.Tell(new { });
        var before = await registry.ScrapeAsync();
        client.Tell(new { Payload = new Counted { Mean = 3 } });
        var after = await registry.ScrapeAsync();

        Assert.Empty(before.All("db_connections_active"));
        Assert.Equal(3, after.Value("db_connections_active", ("system", "mssql"), ("database", ""), ("pool", "all")));
        Assert.Equal(0, after.Sum("colink_telemetry_observer_errors_total"));
    }

    /// <summary>The real client's source by its name, and another by its number, since a process has each number once.</summary>
    [EventSource(Name = "Microsoft.Data.SqlClient.EventSource", Guid = "6f0d3a8e-4c1b-4d57-9e0a-5b7f5d0c2a11")]
    private sealed class Counters() : EventSource(EventSourceSettings.EtwSelfDescribingEventFormat)
    {
        public void Tell<T>(T counter) => Write("EventCounters", new EventSourceOptions { Level = EventLevel.LogAlways }, counter);
    }

    [EventData]
    private sealed class Counted
    {
        public string Name { get; set; } = Active;

        public double Mean { get; set; }
    }

    [EventData]
    private sealed class Worded
    {
        public string Name { get; set; } = Active;

        public string Mean { get; set; } = "many";
    }

    [EventData]
    private sealed class Nameless
    {
        public double Mean { get; set; } = 7;
    }
}
