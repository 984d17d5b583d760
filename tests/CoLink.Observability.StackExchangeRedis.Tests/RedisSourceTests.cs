using CoLink.Observability.Catalogue;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Tests;

/// <summary>The multiplexers of the container, to a real server; heard by the reads through them.</summary>
public sealed class RedisSourceTests : ObserverConformance, IAsyncLifetime
{
    private RedisServer? _server;

    private protected override MetricDefinition[] Metrics => CacheCatalogue.All;

    private protected override string Observer => Observers.Redis;

    private protected override string Source => Sources.Redis;

    /// <summary>It is found in the background, soon after the start.</summary>
    private protected override bool IsFoundInTheContainer => true;

    private protected override bool IsPerProcess => false;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private protected override void Build(WebApplicationBuilder builder) => builder.AddCoLinkRedis(redis =>
    {
        redis.PollInterval = TimeSpan.FromSeconds(1);
        redis.CountReads = true;
    });

    private protected override void Bring(IServiceCollection services) => services.AddMultiplexer(RedisApp.Connection(_server!));

    private protected override double Heard(Scrape scrape) => (scrape.Count(RedisApp.Hits) ?? 0) + (scrape.Count(RedisApp.Misses) ?? 0);

    private protected override async Task SpeakAsync(RunningApp app) => Assert.True((await Database(app).StringGetAsync("nothing")).IsNull);

    /// <summary>Answers that are none: of another type than was asked for, refused, to commands that nobody knows.</summary>
    private protected override async Task MisbehaveAsync(RunningApp app)
    {
        var database = Database(app);
        await database.ListLeftPushAsync("list", "a");
        await Assert.ThrowsAsync<RedisServerException>(() => database.StringGetAsync("list"));
        Assert.Throws<RedisServerException>(() => database.HashGetAll("list"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("COLOUR", "green"));
        await database.StringGetAsync(Array.Empty<RedisKey>());
        await database.StringGetAsync("a", CommandFlags.FireAndForget);
    }

    private static IDatabase Database(RunningApp app) => app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
}
