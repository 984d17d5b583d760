using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Hosting;
using CoLink.Observability.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Reads;

/// <summary>Has the container hand out multiplexers and databases that count, in place of the app's.</summary>
/// <param name="final">When all of the app's registrations are seen; held here, for nobody else does.</param>
internal sealed class CountedRegistrations(FinalServices final)
{
    private readonly CountedReads _reads = new(new ProxyTypes());
    private bool _isWanted;
    private int _decorated;

    /// <param name="services">All of the app's services; there is no container yet.</param>
    public void Decorate(IServiceCollection services)
    {
        _isWanted = true;
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return;
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i].ServiceType == typeof(IConnectionMultiplexer))
                services[i] = Replace<IConnectionMultiplexer>(services[i], _reads.Wrap);
            else if (services[i].ServiceType == typeof(IDatabase))
                services[i] = Replace<IDatabase>(services[i], _reads.Wrap);
            else
                continue;
            _decorated++;
        }
    }

    public void Start(MetricRegistry registry, RedisMetrics metrics, ILogger logger)
    {
        foreach (var (observer, exception) in final.Failures)
            registry.Failed(observer, exception);
        if (_decorated > 0)
            _reads.Begin(metrics.Reads());
        if (_isWanted)
            Tell(logger);
    }

    private void Tell(ILogger logger)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            Log.ReadsNotCounted(logger, "this process cannot make code at run time");
        else if (_decorated == 0)
            Log.ReadsNotCounted(logger, "no IConnectionMultiplexer and no IDatabase is registered");
        else
            Log.ReadsCounted(logger);
    }

    /// <summary>An instance stays an instance, which the container does not dispose of. What a factory makes is disposed of through what counts it.</summary>
    private static ServiceDescriptor Replace<TService>(ServiceDescriptor original, Func<TService, TService> wrap)
        where TService : class
    {
        if (original.IsKeyedService)
        {
            return original.KeyedImplementationInstance is TService keyed
                ? new ServiceDescriptor(typeof(TService), original.ServiceKey, wrap(keyed))
                : new ServiceDescriptor(typeof(TService), original.ServiceKey, (provider, key) => wrap((TService)MakeKeyed(original, provider, key)), original.Lifetime);
        }

        return original.ImplementationInstance is TService instance
            ? new ServiceDescriptor(typeof(TService), wrap(instance))
            : new ServiceDescriptor(typeof(TService), provider => wrap((TService)Make(original, provider)), original.Lifetime);
    }

    private static object Make(ServiceDescriptor original, IServiceProvider provider) =>
        original.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, original.ImplementationType!);

    private static object MakeKeyed(ServiceDescriptor original, IServiceProvider provider, object? key) =>
        original.KeyedImplementationFactory?.Invoke(provider, key) ?? ActivatorUtilities.CreateInstance(provider, original.KeyedImplementationType!);
}
