using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class AccessControlTests
{
    [Theory]
    [InlineData("-eval", "total.allocated")]
    [InlineData("-info", "total.allocated")]
    [InlineData("-memory", "used_memory")]
    public async Task Where_one_way_to_ask_for_memory_is_refused_another_is_taken(string denied, string way)
    {
        await using var server = await StartAsync(denied);
        await using var app = await RedisApp.StartAsync(services => services.AddMultiplexer(As(server)));

        await app.ScrapeUntilAsync(s => s.MemoryOf(server) > 0 && s.IsReachable(server) == 1);

        Assert.Empty(app.Logs.Of(302));
        Assert.Equal(way == "total.allocated", (await server.InfoAsync("commandstats")).Keys.Any(key => key.StartsWith("cmdstat_memory", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_user_who_may_not_ask_for_memory_reaches_the_server_and_is_told_once_and_does_not_ask_on()
    {
        await using var server = await StartAsync("-eval", "-memory");
        await using var app = await RedisApp.StartAsync(services => services.AddMultiplexer(As(server)));

        await Eventually.IsTrue(() => app.Logs.Of(302).Any());
        await server.CommandAsync("CONFIG", "RESETSTAT");
        await Wait.ForAsync(
            async () => (await server.InfoAsync("commandstats")) is var commands && commands.TryGetValue("cmdstat_ping", out var pings) && !pings.StartsWith("calls=1,", StringComparison.Ordinal) ? commands : null,
            () => "two more questions");

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.IsReachable(server));
        Assert.Null(scrape.MemoryOf(server));
        Assert.Contains("NOPERM", Assert.Single(app.Logs.Of(302)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain((await server.InfoAsync("commandstats")).Keys, key => key.StartsWith("cmdstat_memory", StringComparison.Ordinal) || key == "cmdstat_eval");
    }

    [Fact]
    public async Task A_user_who_may_not_even_ping_reaches_the_server()
    {
        await using var server = await StartAsync("-ping");
        await using var app = await RedisApp.StartAsync(services => services.AddMultiplexer(As(server)));

        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1 && s.MemoryOf(server) > 0);
    }

    private static async Task<RedisServer> StartAsync(params string[] denied)
    {
        var server = await RedisServer.StartAsync();
        await server.CommandAsync(["ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", .. denied]);
        return server;
    }

    private static string As(RedisServer server) => Connection(server, ",user=app,password=secret");
}
