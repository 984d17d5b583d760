using System.Globalization;
using CoLink.Observability.Cache;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Tests.Support;

/// <summary>An app with the call for Redis, which asks its servers each second.</summary>
internal static class RedisApp
{
    public const string Reachable = "redis_client_reachable";
    public const string Memory = "redis_memory_used_bytes";
    public const string Hits = "redis_hits_total";
    public const string Misses = "redis_misses_total";
    public const string Source = "colink_telemetry_source_active";

    public static Task<RunningApp> StartAsync(Action<IServiceCollection>? services = null, Action<RedisOptions>? options = null, Action<WebApplication>? app = null) =>
        RunningApp.StartAsync(
            app,
            builder =>
            {
                builder.AddCoLinkRedis(redis =>
                {
                    redis.PollInterval = TimeSpan.FromSeconds(1);
                    options?.Invoke(redis);
                });
                services?.Invoke(builder.Services);
            });

    /// <summary>A configuration that gives up on a question soon, and does not throw where the server is away.</summary>
    public static string Connection(RedisServer server, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{server.Address},abortConnect=false,connectTimeout=1000,asyncTimeout=5000{more}");

    public static IServiceCollection AddMultiplexer(this IServiceCollection services, string configuration) =>
        services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(configuration));

    public static double? IsReachable(this Scrape scrape, RedisServer server) => scrape.Value(Reachable, ("server", server.Address));

    public static double? MemoryOf(this Scrape scrape, RedisServer server) => scrape.Value(Memory, ("server", server.Address));

    public static double? Count(this Scrape scrape, string metric) => scrape.Value(metric, ("cache", "redis"));
}
