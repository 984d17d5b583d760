using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Reads;

/// <summary>Has the container hand out multiplexers and databases that count, in place of the app's.</summary>
internal sealed class CountedRegistrations
{
    private readonly CountedReads _reads = new(new ProxyTypes());
    private int _decorated;

    /// <param name="services">All of the app's services; there is no container yet.</param>
    public void Decorate(IServiceCollection services)
    {
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

    /// <param name="metrics">Where the counters are.</param>
    /// <param name="wereSeen">Whether the app's registrations were seen at all.</param>
    /// <param name="logger">Told what became of it.</param>
    public void Start(RedisMetrics metrics, bool wereSeen, ILogger logger)
    {
        if (_decorated > 0)
        {
            _reads.Begin(metrics.Reads());
            Log.ReadsCounted(logger);
        }
        else
        {
            Log.ReadsNotCounted(logger, WhyNot(wereSeen));
        }
    }

    private static string WhyNot(bool wereSeen)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return "this process cannot make code at run time";
        return wereSeen ? "no IConnectionMultiplexer and no IDatabase is registered" : "the host's builder did not announce that it builds";
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
