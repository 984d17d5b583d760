using CoLink.Observability.Cache;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Hosting;
using CoLink.Observability.StackExchangeRedis;
using CoLink.Observability.StackExchangeRedis.Reads;
using CoLink.Observability.StackExchangeRedis.Spans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>The one call for a user of StackExchange.Redis.</summary>
public static class CoLinkRedisExtensions
{
    /// <summary>
    /// Watches the Redis servers behind every singleton <c>IConnectionMultiplexer</c> of the container, keyed ones too, and behind the
    /// app's <c>RedisCacheOptions</c>: whether they answer, and how much memory they use. They are asked in the background, never by a
    /// scrape. Commands inside a sampled span have spans of their own. It includes <c>AddCoLinkObservability()</c>, and may be called before or after it, before or after the app registers its
    /// multiplexers, and more than once.
    /// </summary>
    /// <param name="builder">The builder of the host.</param>
    /// <param name="configure">Changes options after the section <c>CoLink:Observability:Redis</c> was read. A second call only adds its own changes.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="OptionsValidationException">Thrown as the host starts, where an option is invalid; it names each key, its value and what is allowed.</exception>
    public static IHostApplicationBuilder AddCoLinkRedis(this IHostApplicationBuilder builder, Action<RedisOptions>? configure = null)
    {
        builder.AddCoLinkObservability(configure is null ? null : options => configure(options.Redis));
        if (builder.Services.All(service => service.ServiceType != typeof(RedisObserver)))
            AddServices(builder.Services);
        return builder;
    }

    private static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<RedisMetrics>();
        services.AddSingleton<RedisSpans>();
        services.AddSingleton(provider => new RegisteredMultiplexers(services, provider, provider.GetRequiredService<ILogger<RegisteredMultiplexers>>()));
        services.AddSingleton<RedisObserver>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisObserver>());

        // The package of RedisCacheOptions is the app's choice: where the app has it, its options are found by name.
        if (CacheConnections.OptionsType is { } options)
            services.AddSingleton(typeof(IPostConfigureOptions<>).MakeGenericType(options), typeof(CacheConnections<>).MakeGenericType(options));

        // AddCoLinkObservability has put it there.
        var final = (FinalServices)services.Single(service => service.ServiceType == typeof(FinalServices)).ImplementationInstance!;
        var counted = new CountedRegistrations();
        services.AddSingleton(counted);
        final.Add(Observers.Redis, (all, early) =>
        {
            if (early.Redis.CountReads && early.Cache.Enabled)
                counted.Decorate(all);
        });
    }
}
