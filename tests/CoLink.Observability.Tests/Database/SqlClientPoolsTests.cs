using System.Diagnostics.Tracing;
using CoLink.Observability.Database;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

/// <summary>A source of the client's name, made by hand; the client's own is in the tests of SqlClient.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SqlClientPoolsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Values_follow_the_counters_and_vanish_with_the_listener(bool clientIsFirst)
    {
        var registry = TestRegistry.New();
        using var early = clientIsFirst ? new Counters() : null;
        using var pools = new SqlClientPools(new DatabaseMetrics(registry.Metrics), registry.Metrics, TimeSpan.FromMilliseconds(50));
        pools.Start();
        using var late = clientIsFirst ? null : new Counters();

        await Eventually.IsTrue(() => Value(registry, "db_connections_active") == 3 && Value(registry, "db_connections_idle") == 7);
        var scrape = await registry.ScrapeAsync();
        Assert.Single(scrape.All("db_connections_active", ("system", "mssql"), ("database", ""), ("pool", "all")));
        Assert.Empty(scrape.All("db_connections_max"));

        pools.Dispose();
        Assert.Empty((await registry.ScrapeAsync()).All("db_connections_active"));
        Assert.Equal(0, (await registry.ScrapeAsync()).Sum("colink_telemetry_observer_errors_total"));
    }

    private static double? Value(TestRegistry registry, string metric) => registry.Metrics.Find(metric)?.Read(["mssql", "", "all"]);

    /// <summary>Two counters of the client's and one of another unit, made as the client makes them: when they are first asked for.</summary>
    private sealed class Counters() : EventSource("Microsoft.Data.SqlClient.EventSource")
    {
        private PollingCounter? _active;
        private PollingCounter? _idle;
        private IncrementingPollingCounter? _rate;

        protected override void OnEventCommand(EventCommandEventArgs command)
        {
            if (command.Command != EventCommand.Enable)
                return;
            _active ??= new PollingCounter("number-of-active-connections", this, static () => 3);
            _idle ??= new PollingCounter("number-of-free-connections", this, static () => 7);
            _rate ??= new IncrementingPollingCounter("hard-connects", this, static () => 5);
        }

        protected override void Dispose(bool disposing)
        {
            _active?.Dispose();
            _idle?.Dispose();
            _rate?.Dispose();
            base.Dispose(disposing);
        }
    }
}
