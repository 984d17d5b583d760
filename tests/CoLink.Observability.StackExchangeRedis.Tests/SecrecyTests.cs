using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class SecrecyTests
{
    private const string Secret = "hunter2-the-secret";

    [Fact]
    public async Task A_wrong_password_is_unreachable_and_stands_in_no_log_line_and_not_in_the_metrics()
    {
        await using var server = await RedisServer.StartAsync("another");
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server, $",user=app,password={Secret},connectTimeout=10000")));

        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(server) == 0);
        await Eventually.IsTrue(() => app.Logs.Of(300).Any());

        Assert.Null(scrape.MemoryOf(server));
        Assert.Contains(server.Address, Assert.Single(app.Logs.Of(300)).Message, StringComparison.Ordinal);
        Assert.False(IsToldAnywhere(app, scrape));
    }

    /// <summary>The client knows the refusal where it gives up at the start; later it may name another failure of the same connection.</summary>
    [Fact]
    public async Task A_wrong_password_that_the_client_gives_up_on_is_told_as_one_and_is_not_quoted()
    {
        await using var server = await RedisServer.StartAsync("another");
        await using var app = await StartAsync(services => services.AddMultiplexer($"{server.Address},user=app,password={Secret},connectTimeout=10000"));

        await Eventually.IsTrue(() => app.Logs.Of(303).Any());

        Assert.Contains("AuthenticationFailure", app.Logs.Of(303).First().Message, StringComparison.Ordinal);
        Assert.False(IsToldAnywhere(app, await app.ScrapeAsync()));
    }

    [Fact]
    public async Task A_url_with_a_password_which_the_client_takes_for_a_host_stands_in_no_log_line_and_not_in_the_metrics()
    {
        await using var app = await StartAsync(services => services.AddMultiplexer($"redis://app:{Secret}@127.0.0.1:1,abortConnect=false,connectTimeout=200,asyncTimeout=200"));

        var scrape = await app.ScrapeUntilAsync(s => s.All(Reachable).Any());
        await Eventually.IsTrue(() => app.Logs.Of(300).Any());

        Assert.Equal(0, Assert.Single(scrape.All(Reachable)).Value);
        Assert.False(IsToldAnywhere(app, scrape));
    }

    [Fact]
    public async Task A_factory_that_quotes_the_connection_string_is_not_quoted()
    {
        await using var app = await StartAsync(services => services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException($"cannot connect with password={Secret}")));

        await Eventually.IsTrue(() => app.Logs.Of(303).Any());

        Assert.Contains(nameof(InvalidOperationException), Assert.Single(app.Logs.Of(303)).Message, StringComparison.Ordinal);
        Assert.False(IsToldAnywhere(app, await app.ScrapeAsync()));
    }

    private static bool IsToldAnywhere(RunningApp app, Scrape scrape) =>
        scrape.Text.Contains(Secret, StringComparison.Ordinal)
        || app.Logs.Lines.Any(line => line.Message.Contains(Secret, StringComparison.Ordinal) || $"{line.Exception}".Contains(Secret, StringComparison.Ordinal));
}
