using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Reads;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests.Reads;

/// <summary>What the container hands out where reads are counted.</summary>
public sealed class CountedMultiplexerTests
{
    [Fact]
    public async Task It_is_watched_as_one_and_leads_to_what_counts_wherever_a_database_comes_from()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await RedisApp.StartAsync(services => services.AddMultiplexer(Connection(server)), options => options.CountReads = true);
        var multiplexer = app.Services.GetRequiredService<IConnectionMultiplexer>();
        var database = multiplexer.GetDatabase(3, "state");

        await database.StringGetAsync("none");
        await database.Multiplexer.GetDatabase().StringGetAsync("none");
        Assert.Equal(3, database.Database);
        Assert.Equal("state", database.CreateBatch("state").StringGetAsync("none").AsyncState);
        Assert.True(multiplexer.IsConnected);
#pragma warning disable SER308 // It is the interface's one generic method: whether the generated one fits is the question.
        Assert.Equal(5, multiplexer.Wait(Task.FromResult(5)));
#pragma warning restore SER308
        Assert.Equal(7, await database.StringIncrementAsync("number", 7));
        Assert.Equal(multiplexer.ClientName, multiplexer.ToString());

        var scrape = await app.ScrapeUntilAsync(s => s.Count(Misses) == 2 && s.IsReachable(server) == 1);
        Assert.Single(scrape.All(Reachable));
        Assert.Single(app.Logs.Of(306));
    }

    [Fact]
    public async Task What_a_factory_made_is_disposed_of_with_the_host_and_an_instance_is_not()
    {
        await using var server = await RedisServer.StartAsync();
        var instance = await ConnectionMultiplexer.ConnectAsync(Connection(server));
        var made = await ConnectionMultiplexer.ConnectAsync(Connection(server));
        var app = await RedisApp.StartAsync(
            services => services.AddSingleton<IConnectionMultiplexer>(instance).AddKeyedSingleton<IConnectionMultiplexer>("made", (_, _) => made),
            options => options.CountReads = true);
        await app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync("none");
        await app.Services.GetRequiredKeyedService<IConnectionMultiplexer>("made").GetDatabase().StringGetAsync("none");
        await app.ScrapeUntilAsync(s => s.Count(Misses) == 2);

        await app.DisposeAsync();

        await instance.GetDatabase().PingAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => made.GetDatabase().PingAsync());
        await instance.DisposeAsync();
    }

    [Fact]
    public async Task A_workers_multiplexer_is_counted_though_it_is_registered_after_the_call()
    {
        await using var server = await RedisServer.StartAsync();
        var port = FreePort.Next();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["CoLink:Observability:Redis:CountReads"] = "true";
        builder.AddCoLinkRedis();
        builder.AddCoLinkObservability(options => options.Metrics.Port = port);
        builder.Services.AddMultiplexer(Connection(server));
        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync("none");

        await Scrape.UntilAsync(client, s => s.Count(Misses) == 1 && s.Count(Hits) == 0);

        await host.StopAsync();
    }

    [Fact]
    public async Task Where_the_cache_family_is_off_nothing_is_counted()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await RunningApp.StartAsync(
            builder: builder =>
            {
                builder.Services.AddMultiplexer(Connection(server));
                builder.AddCoLinkRedis(options => options.CountReads = true);
            },
            options: options => options.Cache.Enabled = false);
        await app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync("none");

        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1);

        Assert.Null(scrape.Count(Misses));
        Assert.IsType<ConnectionMultiplexer>(app.Services.GetRequiredService<IConnectionMultiplexer>());
    }

    [Fact]
    public async Task Without_a_multiplexer_in_the_container_it_says_that_nothing_is_counted()
    {
        await using var app = await RedisApp.StartAsync(options: options => options.CountReads = true);

        Assert.Single(app.Logs.Of(305));
        Assert.Null((await app.ScrapeAsync()).Count(Misses));
    }

    [Fact]
    public void The_reads_are_these()
    {
        var counted = new[] { typeof(IDatabase), typeof(IDatabaseAsync) }.SelectMany(type => type.GetMethods())
            .Where(method => CountedCommands.CounterOf(method) is not null).Select(method => method.Name).ToArray();

        // Each with the same name and Async as well.
        string[] names =
        [
            "HashFieldGetAndDelete", "HashFieldGetAndSetExpiry", "HashFieldGetLeaseAndDelete", "HashFieldGetLeaseAndSetExpiry", "HashGet", "HashGetAll", "HashGetLease",
            "StringGet", "StringGetDelete", "StringGetLease", "StringGetSet", "StringGetSetExpiry", "StringGetWithExpiry", "StringSetAndGet",
        ];
        Assert.Equal(names.Concat(names.Select(name => name + "Async")).Order(StringComparer.Ordinal), counted.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>An overload that a new version of the client brings must not go uncounted.</summary>
    [Fact]
    public void Every_overload_of_a_read_is_counted() => Assert.All(
        new[] { typeof(IDatabase), typeof(IDatabaseAsync) }.SelectMany(type => type.GetMethods()).GroupBy(method => method.Name).Where(overloads => overloads.Any(method => CountedCommands.CounterOf(method) is not null)),
        overloads => Assert.All(overloads, method => Assert.NotNull(CountedCommands.CounterOf(method))));
}
