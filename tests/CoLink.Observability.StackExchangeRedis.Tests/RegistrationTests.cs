using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task Multiplexers_are_found_by_interface_by_class_and_by_key()
    {
        await using var byInterface = await RedisServer.StartAsync();
        await using var byClass = await RedisServer.StartAsync();
        await using var byKey = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services
            .AddMultiplexer(Connection(byInterface))
            .AddSingleton(_ => ConnectionMultiplexer.Connect(Connection(byClass)))
            .AddKeyedSingleton<IConnectionMultiplexer>("orders", (_, _) => ConnectionMultiplexer.Connect(Connection(byKey))));

        await app.ScrapeUntilAsync(s => new[] { byInterface, byClass, byKey }.All(server => s.IsReachable(server) == 1 && s.MemoryOf(server) > 0));
    }

    [Fact]
    public async Task The_start_does_not_wait_for_a_factory_that_hangs_nor_do_others()
    {
        using var never = new ManualResetEventSlim();
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services
            .AddMultiplexer(Connection(server))
            .AddKeyedSingleton<IConnectionMultiplexer>("hangs", (_, _) =>
            {
                never.Wait();
                throw new InvalidOperationException();
            }));

        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1);
        never.Set();
    }

    [Fact]
    public async Task A_factory_that_throws_is_told_once_and_tried_again()
    {
        await using var server = await RedisServer.StartAsync();
        var (tries, isAway) = (0, true);
        await using var app = await StartAsync(services => services.AddSingleton<IConnectionMultiplexer>(_ =>
            Interlocked.Increment(ref tries) > 0 && Volatile.Read(ref isAway) ? throw new InvalidOperationException("away") : ConnectionMultiplexer.Connect(Connection(server))));
        await Eventually.IsTrue(() => Volatile.Read(ref tries) >= 3 && app.Logs.Of(303).Any());
        var scrape = await app.ScrapeAsync();
        Assert.Empty(scrape.All(Reachable));
        Assert.Equal(0, scrape.Value(Source, ("source", "StackExchange.Redis")));

        Volatile.Write(ref isAway, false);
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1 && s.Value(Source, ("source", "StackExchange.Redis")) == 1);

        Assert.Single(app.Logs.Of(303));
    }

    [Fact]
    public async Task Transient_and_scoped_multiplexers_are_not_asked_for()
    {
        var made = 0;
        IConnectionMultiplexer Make(IServiceProvider provider)
        {
            Interlocked.Increment(ref made);
            throw new InvalidOperationException();
        }

        await using var app = await StartAsync(services => services.AddTransient(Make).AddScoped(Make));

        await Eventually.IsTrue(() => app.Logs.Of(304).Any());
        Assert.Equal(0, made);
    }

    [Fact]
    public async Task The_series_of_a_disposed_multiplexer_vanish()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1 && s.MemoryOf(server) > 0);

        await app.Services.GetRequiredService<IConnectionMultiplexer>().DisposeAsync();

        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(server) is null);
        Assert.Null(scrape.MemoryOf(server));
        await app.ScrapeUntilAsync(s => s.Value(Source, ("source", "StackExchange.Redis")) == 0);
    }

    [Fact]
    public async Task The_container_gets_its_own_multiplexer_and_disposes_of_it_as_before()
    {
        await using var server = await RedisServer.StartAsync();
        var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        var multiplexer = app.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.IsType<ConnectionMultiplexer>(multiplexer);

        await app.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => multiplexer.GetDatabase().PingAsync());
    }

    [Fact]
    public async Task A_worker_is_watched_too_and_the_call_may_be_repeated_in_any_order()
    {
        await using var server = await RedisServer.StartAsync();
        var port = FreePort.Next();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddCoLinkRedis();
        builder.AddCoLinkObservability(options => options.Metrics.Port = port);
        builder.AddCoLinkRedis(options => options.PollInterval = TimeSpan.FromSeconds(1));
        builder.Services.AddMultiplexer(Connection(server));
        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        var scrape = await Scrape.UntilAsync(client, s => s.IsReachable(server) == 1);

        Assert.Single(scrape.All(Reachable));
        await host.StopAsync();
    }
}
