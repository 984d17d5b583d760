using System.Diagnostics.Tracing;
using CoLink.Observability.Database;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.SqlClient;

namespace CoLink.Observability.Tests.Database;

[Collection(nameof(ProcessWide))]
public sealed class SqlClientPoolsTests : IDisposable
{
    private readonly TestRegistry _registry = TestRegistry.New();
    private readonly SqlClientPools _pools;

    public SqlClientPoolsTests()
    {
        _pools = new SqlClientPools(new DatabaseMetrics(_registry.Metrics), _registry.Metrics, TimeSpan.FromMilliseconds(50));
        _pools.Start();
    }

    public void Dispose() => _pools.Dispose();

    [Fact]
    public async Task The_real_client_tells_its_connections_and_no_maximum_and_its_trace_stays_off()
    {
        using (var connection = new SqlConnection($"Server=tcp:127.0.0.1,{FreePort.Next()};User Id=a;Password=b;Encrypt=false;Connect Timeout=1;ConnectRetryCount=0"))
            await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync());

        var scrape = await UntilAsync(s => s.All("db_connections_active").Any() && s.All("db_connections_idle").Any());

        Assert.Equal(0, scrape.Value("db_connections_active", ("system", "mssql"), ("database", ""), ("pool", "all")));
        Assert.Equal(0, scrape.Value("db_connections_idle", ("system", "mssql"), ("database", ""), ("pool", "all")));
        Assert.Empty(scrape.All("db_connections_max"));
        var source = EventSource.GetSources().First(one => one.Name == "Microsoft.Data.SqlClient.EventSource");
        Assert.False(source.IsEnabled(EventLevel.Informational, (EventKeywords)2));
    }

    [Fact]
    public async Task Values_follow_the_counters_and_vanish_with_the_listener()
    {
        using var client = new Counters(active: 3, idle: 7);

        var scrape = await UntilAsync(s => s.All("db_connections_active").Any(sample => sample.Value == 3) && s.All("db_connections_idle").Any(sample => sample.Value == 7));
        Assert.Single(scrape.All("db_connections_active"));

        _pools.Dispose();
        Assert.Empty((await _registry.ScrapeAsync()).All("db_connections_active"));
    }

    private async Task<Scrape> UntilAsync(Func<Scrape, bool> satisfied)
    {
        var scrape = await _registry.ScrapeAsync();
        for (var i = 0; i < 1_000 && !satisfied(scrape); i++)
        {
            await Task.Delay(10);
            scrape = await _registry.ScrapeAsync();
        }

        Assert.True(satisfied(scrape), scrape.Text);
        return scrape;
    }

    /// <summary>An event source of the client's name, with its two counters and one of another unit.</summary>
    private sealed class Counters : EventSource
    {
        private readonly PollingCounter _active;
        private readonly PollingCounter _idle;
        private readonly IncrementingPollingCounter _rate;

        public Counters(double active, double idle)
            : base("Microsoft.Data.SqlClient.EventSource")
        {
            _active = new PollingCounter("number-of-active-connections", this, () => active);
            _idle = new PollingCounter("number-of-free-connections", this, () => idle);
            _rate = new IncrementingPollingCounter("hard-connects", this, () => 5);
        }

        protected override void Dispose(bool disposing)
        {
            _active.Dispose();
            _idle.Dispose();
            _rate.Dispose();
            base.Dispose(disposing);
        }
    }
}
