using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class CacheConnectionTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("options")]
    [InlineData("factory")]
    public async Task The_multiplexer_that_a_cache_makes_for_itself_is_watched_and_no_second_one_is_made(string way)
    {
        await using var server = await RedisServer.StartAsync("right");
        var connection = Connection(server, ",password=right");
        await using var app = await StartAsync(services => services.AddStackExchangeRedisCache(cache =>
        {
            if (way == "text")
                cache.Configuration = connection;
            else if (way == "options")
                cache.ConfigurationOptions = ConfigurationOptions.Parse(connection);
            else
                cache.ConnectionMultiplexerFactory = async () => await ConnectionMultiplexer.ConnectAsync(connection);
        }));
        var cache = app.Services.GetRequiredService<IDistributedCache>();

        // Before the cache's first use there is no multiplexer, and none is made for us.
        Assert.Empty((await app.ScrapeAsync()).All(Reachable));
        await cache.SetStringAsync("a", "b");

        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1 && s.MemoryOf(server) > 0);
        Assert.Equal("b", await cache.GetStringAsync("a"));

        // One for commands and one for subscriptions is what one multiplexer opens; this question's own is the third.
        Assert.InRange(int.Parse((await server.InfoAsync("clients"))["connected_clients"], System.Globalization.CultureInfo.InvariantCulture), 2, 3);
    }

    [Fact]
    public async Task A_cache_whose_server_is_away_is_watched_and_fails_as_before()
    {
        await using var server = await RedisServer.StartAsync();
        await server.StopAsync();
        await using var app = await StartAsync(services => services.AddStackExchangeRedisCache(cache => cache.Configuration = $"{server.Address},connectTimeout=500,asyncTimeout=5000"));
        var cache = app.Services.GetRequiredService<IDistributedCache>();

        await Assert.ThrowsAnyAsync<RedisConnectionException>(() => cache.GetStringAsync("a"));

        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 0);
        await server.StartAsync();
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1);
        await cache.SetStringAsync("a", "b");
        Assert.Equal("b", await cache.GetStringAsync("a"));
    }

    [Fact]
    public async Task A_first_use_that_blocks_its_own_context_does_not_wait_for_ever()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddStackExchangeRedisCache(cache => cache.Configuration = Connection(server)));
        var cache = app.Services.GetRequiredService<IDistributedCache>();
        var read = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new BlockedContext());
            read.SetResult(cache.GetString("a"));
        })
        { IsBackground = true };

        thread.Start();

        Assert.Null(await read.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_cache_on_the_containers_multiplexer_is_not_counted_as_raw_reads_and_the_server_is_one_series()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(
            services =>
            {
                services.AddMultiplexer(Connection(server));
                services.AddStackExchangeRedisCache(_ => { });
                services.AddOptions<Microsoft.Extensions.Caching.StackExchangeRedis.RedisCacheOptions>().Configure<IServiceProvider>(
                    (cache, provider) => cache.ConnectionMultiplexerFactory = () => Task.FromResult(provider.GetRequiredService<IConnectionMultiplexer>()));
            },
            options => options.CountReads = true);
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var cache = new Microsoft.Extensions.Caching.StackExchangeRedis.RedisCache(
            app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.Extensions.Caching.StackExchangeRedis.RedisCacheOptions>>());

        // The cache itself, below what counts at its door: nothing of it may be counted here.
        Assert.Null(await cache.GetStringAsync("a"));
        await cache.SetStringAsync("a", "b");
        Assert.Equal("b", await cache.GetStringAsync("a"));
        await database.StringGetAsync("raw");

        var scrape = await app.ScrapeUntilAsync(s => s.Count(Misses) == 1 && s.IsReachable(server) == 1);
        Assert.Equal(0, scrape.Count(Hits));
        Assert.Single(scrape.All(Reachable));
    }

    /// <summary>Nothing that is posted to it ever runs, as while its one thread blocks.</summary>
    private sealed class BlockedContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
