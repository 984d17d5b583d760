using System.Reflection;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.StackExchangeRedis.Reads;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>The options of the framework's Redis cache, which this package does not reference: see docs/decisions/0016.</summary>
internal static class CacheConnections
{
    private const string Package = "Microsoft.Extensions.Caching.StackExchangeRedis";

    /// <summary>Null in an app without that package.</summary>
    public static Type? OptionsType { get; } = Find();

    private static Type? Find()
    {
        try
        {
            return Type.GetType($"{Package}.RedisCacheOptions, {Package}", throwOnError: false);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            // Something of that name is there, and it is not that package.
            return null;
        }
    }
}

/// <summary>Sees the multiplexer that a cache makes for itself as it makes it: the cache's own, so that nothing is connected twice.</summary>
internal sealed class CacheConnections<TOptions>(RedisObserver observer, MetricRegistry registry) : IPostConfigureOptions<TOptions>
    where TOptions : class
{
    private static readonly PropertyInfo? Factory = typeof(TOptions).GetProperty("ConnectionMultiplexerFactory", typeof(Func<Task<IConnectionMultiplexer>>));

    private static readonly PropertyInfo? Configured = typeof(TOptions).GetProperty("ConfigurationOptions", typeof(ConfigurationOptions));

    private static readonly PropertyInfo? Text = typeof(TOptions).GetProperty("Configuration", typeof(string));

    public void PostConfigure(string? name, TOptions options)
    {
        try
        {
            var connect = (Func<Task<IConnectionMultiplexer>>?)Factory?.GetValue(options) ?? Connect(options);
            if (connect is not null)
                Factory?.SetValue(options, () => ConnectAndWatchAsync(connect));
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }
    }

    /// <summary>What the cache does where no factory is set, at the same moment; null where it has nothing to connect to.</summary>
    private static Func<Task<IConnectionMultiplexer>>? Connect(TOptions options)
    {
        if (Configured?.GetValue(options) is null && string.IsNullOrEmpty((string?)Text?.GetValue(options)))
            return null;
        return async () =>
        {
            var configuration = (ConfigurationOptions?)Configured?.GetValue(options) ?? ConfigurationOptions.Parse((string)Text?.GetValue(options)!);
            configuration.AbortOnConnectFail = false;
            return await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        };
    }

    /// <summary>
    /// The cache is counted at its own door: what it reads on a multiplexer of the container must not count a second time. The cache
    /// blocks on this where its first use is a synchronous one, so it must not go back to the caller's context.
    /// </summary>
    private async Task<IConnectionMultiplexer> ConnectAndWatchAsync(Func<Task<IConnectionMultiplexer>> connect)
    {
        var multiplexer = CountedProxy.Unwrap(await connect().ConfigureAwait(false));
        observer.Watch(multiplexer);
        return multiplexer;
    }
}
