using System.Globalization;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class PollingTests
{
    [Fact]
    public async Task Memory_is_what_the_server_says_and_follows_it()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        var scrape = await app.ScrapeUntilAsync(s => s.MemoryOf(server) is not null && s.IsReachable(server) == 1);
        var before = await UsedMemoryAsync(server);
        Assert.InRange(scrape.MemoryOf(server)!.Value, before - 1_000_000, before + 1_000_000);
        Assert.Equal(1, scrape.Value(Source, ("source", "StackExchange.Redis")));

        await server.CommandAsync("SET", "ballast", new string('x', 20_000_000));

        scrape = await app.ScrapeUntilAsync(s => s.MemoryOf(server) > before + 19_000_000);
        Assert.InRange(scrape.MemoryOf(server)!.Value, await UsedMemoryAsync(server) - 1_000_000, await UsedMemoryAsync(server) + 1_000_000);
    }

    [Theory]
    [InlineData(Reachable)]
    [InlineData(Memory)]
    [InlineData(Hits)]
    [InlineData(Misses)]
    public async Task What_the_catalogue_says_of_this_package_stands_at_the_scrape(string name)
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)), options => options.CountReads = true);
        var metric = CacheCatalogue.All.Single(metric => metric.Name == name);

        var scrape = await app.ScrapeUntilAsync(s => s.All(name).Any());

        Assert.Equal(MetricStability.Stable, metric.Stability);
        Assert.Contains($"# HELP {name} {metric.Help}\n# TYPE {name} {metric.Kind.ToString().ToLowerInvariant()}\n", scrape.Text, StringComparison.Ordinal);
        Assert.Equal(metric.Labels.Select(label => label.Name), Assert.Single(scrape.All(name)).Labels.Keys);
    }

    [Fact]
    public async Task A_server_that_stops_is_unreachable_without_memory_and_comes_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1 && s.MemoryOf(server) > 0);

        await server.StopAsync();
        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(server) == 0);
        Assert.Null(scrape.MemoryOf(server));
        await Eventually.IsTrue(() => app.Logs.Of(300).Any());

        await server.StartAsync();
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1 && s.MemoryOf(server) > 0);
        await Eventually.IsTrue(() => app.Logs.Of(301).Any());
        Assert.Contains(server.Address, Assert.Single(app.Logs.Of(300)).Message, StringComparison.Ordinal);
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "redis")));
    }

    [Fact]
    public async Task Of_two_servers_the_dead_one_takes_nothing_from_the_other()
    {
        await using var alive = await RedisServer.StartAsync();
        await using var dead = await RedisServer.StartAsync();
        await dead.StopAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(dead)).AddMultiplexer(Connection(alive)));

        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(alive) == 1 && s.MemoryOf(alive) > 0 && s.IsReachable(dead) == 0);

        Assert.Null(scrape.MemoryOf(dead));
    }

    [Fact]
    public async Task Every_server_of_a_multiplexer_is_asked_replicas_too()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync(null, "--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        await using var app = await StartAsync(services => services.AddMultiplexer($"{replica.Address},{Connection(primary)}"));

        await app.ScrapeUntilAsync(s => s.MemoryOf(primary) > 0 && s.MemoryOf(replica) > 0 && s.IsReachable(primary) == 1 && s.IsReachable(replica) == 1);

        await replica.StopAsync();
        await app.ScrapeUntilAsync(s => s.IsReachable(primary) == 1 && s.IsReachable(replica) == 0 && s.MemoryOf(replica) is null);
    }

    [Fact]
    public async Task A_multiplexer_in_admin_mode_is_asked_without_a_script()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server, ",allowAdmin=true")));

        await app.ScrapeUntilAsync(s => s.MemoryOf(server) > 0);

        Assert.DoesNotContain("cmdstat_eval", (await server.InfoAsync("commandstats")).Keys);
    }

    [Fact]
    public async Task Two_multiplexers_to_one_server_are_one_series_which_is_0_where_one_of_them_cannot_reach_it()
    {
        await using var server = await RedisServer.StartAsync("right");
        await using var app = await StartAsync(services => services
            .AddMultiplexer(Connection(server, ",password=right")).AddMultiplexer(Connection(server, ",password=wrong")));

        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(server) == 0 && s.MemoryOf(server) > 0);

        Assert.Single(scrape.All(Reachable));
    }

    private static async Task<double> UsedMemoryAsync(RedisServer server) =>
        double.Parse((await server.InfoAsync("memory"))["used_memory"], CultureInfo.InvariantCulture);
}
