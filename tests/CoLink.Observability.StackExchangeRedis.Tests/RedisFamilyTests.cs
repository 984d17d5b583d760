using CoLink.Observability.Catalogue;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoLink.Observability.StackExchangeRedis.Tests;

/// <summary>What a real server is asked. Its reads belong to the cache family, which has its suite in the core's tests.</summary>
public sealed class RedisFamilyTests : FamilyConformance, IAsyncLifetime
{
    private RedisServer? _server;

    private protected override MetricDefinition[] Metrics => [CacheCatalogue.MemoryUsed, CacheCatalogue.Reachable];

    private protected override string Observer => Observers.Redis;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private protected override void Build(WebApplicationBuilder builder) => builder.AddCoLinkRedis(redis => redis.PollInterval = TimeSpan.FromSeconds(1));

    private protected override void Bring(IServiceCollection services) => services.AddMultiplexer(RedisApp.Connection(_server!));

    /// <summary>The server is asked in the background.</summary>
    private protected override Task FillAsync(RunningApp app) => Task.CompletedTask;
}
