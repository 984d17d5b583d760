using System.Diagnostics;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class HangingServerTests
{
    /// <summary>A question takes this long to be given up, so a scrape that waited for one could not be quicker.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_scrape_does_not_wait_for_a_redis_that_hangs_and_the_service_answers()
    {
        await using var hanging = await RedisServer.StartAsync();
        await using var alive = await RedisServer.StartAsync();
        await using var app = await StartAsync(
            services => services.AddMultiplexer(Patient(hanging)).AddMultiplexer(Patient(alive)),
            app: a => a.MapGet("/hello", () => "hello"));
        await app.ScrapeUntilAsync(s => s.IsReachable(hanging) == 1 && s.MemoryOf(hanging) > 0 && s.IsReachable(alive) == 1);

        hanging.Hang();
        var started = Stopwatch.GetTimestamp();
        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(hanging) == 0);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("hello", await app.Client.GetStringAsync("/hello"));
            scrape = await app.ScrapeAsync();
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < Patience);
        // On a busy machine one answer of the other may come too late.
        Assert.Null(scrape.MemoryOf(hanging));
        scrape = await app.ScrapeUntilAsync(s => s.IsReachable(alive) == 1 && s.MemoryOf(alive) > 0);
        Assert.Equal(0, scrape.IsReachable(hanging));

        hanging.Resume();
        await app.ScrapeUntilAsync(s => s.IsReachable(hanging) == 1 && s.MemoryOf(hanging) > 0);
    }

    [Fact]
    public async Task A_host_ends_while_a_redis_hangs()
    {
        await using var server = await RedisServer.StartAsync();
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(Patient(server));
        var app = await StartAsync(services => services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1);
        server.Hang();
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 0);

        var started = Stopwatch.GetTimestamp();
        await app.DisposeAsync();

        // The multiplexer is an instance of the test's, so what took the time would have been ours.
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience / 2);
        server.Resume();
        await multiplexer.DisposeAsync();
    }

    private static string Patient(RedisServer server) => $"{server.Address},abortConnect=false,asyncTimeout={Patience.TotalMilliseconds}";
}
