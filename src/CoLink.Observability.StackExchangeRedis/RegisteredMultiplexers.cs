using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>
/// The multiplexers of the container. An instance is there; a factory is asked in the background when the app has started, each on a
/// thread of its own, because connecting blocks. Transient and scoped ones are left alone: asking would open a connection of ours.
/// </summary>
internal sealed class RegisteredMultiplexers(IServiceCollection services, IServiceProvider provider, ILogger<RegisteredMultiplexers> logger)
{
    private IConnectionMultiplexer[] _instances = [];
    private Registration[] _pending = [];

    /// <summary>Whether there is any that can be watched, or a cache that will make one.</summary>
    public bool Exist => Keys.Any()
        || (CacheConnections.OptionsType is { } options && services.Any(service => service.ServiceType == typeof(IConfigureOptions<>).MakeGenericType(options)));

    public void Start(TimeSpan interval)
    {
        // Those that need no resolving are there even where another of the same type cannot be made.
        _instances = [.. Singletons.Select(service => service.IsKeyedService ? service.KeyedImplementationInstance : service.ImplementationInstance).OfType<IConnectionMultiplexer>()];
        _pending = [.. Keys.Select(key => new Registration(key.Type, key.Key, interval))];
    }

    /// <summary>Looks for those that were not found yet.</summary>
    public void Find(Action<IConnectionMultiplexer> found)
    {
        foreach (var instance in _instances)
            found(instance);
        _instances = [];
        _pending = [.. _pending.Where(registration => !registration.IsDone)];
        foreach (var registration in _pending.Where(registration => registration.TryBegin()))
        {
            var thread = new Thread(() => Resolve(registration, found)) { IsBackground = true, Name = "CoLink Redis multiplexer" };
            thread.Start();
        }
    }

    private IEnumerable<ServiceDescriptor> Singletons => services.Where(service =>
        service.Lifetime == ServiceLifetime.Singleton
        && (service.ServiceType == typeof(IConnectionMultiplexer) || service.ServiceType == typeof(ConnectionMultiplexer))
        && !(service.IsKeyedService && service.ServiceKey == KeyedService.AnyKey));

    private IEnumerable<(Type Type, object? Key)> Keys => Singletons.Select(service => (service.ServiceType, service.ServiceKey)).Distinct();

    private void Resolve(Registration registration, Action<IConnectionMultiplexer> found)
    {
        try
        {
            foreach (var multiplexer in Resolve(registration.Type, registration.Key))
                found(multiplexer);
            registration.Found();
        }
        catch (ObjectDisposedException)
        {
            // The host is gone.
        }
        catch (Exception exception)
        {
            if (registration.Failed())
                Log.MultiplexerNotCreated(logger, registration.Type.Name, WatchedServer.Reason(exception));
        }
        finally
        {
            registration.End();
        }
    }

    private IEnumerable<IConnectionMultiplexer> Resolve(Type type, object? key)
    {
        var all = typeof(IEnumerable<>).MakeGenericType(type);
        return (IEnumerable<IConnectionMultiplexer>)(key is null ? provider.GetRequiredService(all) : ((IKeyedServiceProvider)provider).GetRequiredKeyedService(all, key));
    }

    /// <summary>What is registered under one type and key.</summary>
    private sealed class Registration(Type type, object? key, TimeSpan interval)
    {
        private readonly Backoff _backoff = new(interval);
        private bool _isTold;
        private int _isBusy;

        public Type Type => type;

        public object? Key => key;

        public bool IsDone { get; private set; }

        public bool TryBegin()
        {
            if (Interlocked.CompareExchange(ref _isBusy, 1, 0) != 0)
                return false;
            if (_backoff.IsDue())
                return true;
            End();
            return false;
        }

        public void Found() => IsDone = true;

        /// <returns>Whether it is the first time.</returns>
        public bool Failed()
        {
            _backoff.Failed();
            var isFirst = !_isTold;
            _isTold = true;
            return isFirst;
        }

        public void End() => Volatile.Write(ref _isBusy, 0);
    }
}
