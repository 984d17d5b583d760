using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Cache;

/// <summary>
/// Puts a cache of ours before one of the app's. The app's moves behind a key that nobody else has, in its lifetime, so that the
/// container makes it and disposes of it as before.
/// </summary>
internal static class Decoration
{
    private const string HybridAssembly = "Microsoft.Extensions.Caching.Hybrid";

    /// <returns>Whether there was one.</returns>
    public static bool Decorate<TCache>(IServiceCollection services, Func<IServiceProvider, TCache, TCache> decorate)
        where TCache : class
    {
        var places = Enumerable.Range(0, services.Count).Where(i => services[i].ServiceType == typeof(TCache) && CanBeMoved(services[i])).ToArray();
        foreach (var place in places)
        {
            var (original, hidden) = (services[place], new object());
            services[place] = Replace(original, provider => decorate(provider, provider.GetRequiredKeyedService<TCache>(hidden)));
            services.Add(Hide(original, hidden));
        }

        return places.Length > 0;
    }

    /// <summary>The same service, under the same key and in the same lifetime, made otherwise.</summary>
    public static ServiceDescriptor Replace(ServiceDescriptor original, Func<IServiceProvider, object> make) => original.IsKeyedService
        ? new ServiceDescriptor(original.ServiceType, original.ServiceKey, (provider, _) => make(provider), original.Lifetime)
        : new ServiceDescriptor(original.ServiceType, make, original.Lifetime);

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public static Type? TypeOf(ServiceDescriptor service) => service.IsKeyedService ? service.KeyedImplementationType : service.ImplementationType;

    private static ServiceDescriptor Hide(ServiceDescriptor original, object hidden)
    {
        if ((original.IsKeyedService ? original.KeyedImplementationInstance : original.ImplementationInstance) is { } instance)
            return new ServiceDescriptor(original.ServiceType, hidden, instance);
        var isHybrid = IsHybrid(original);
        return new ServiceDescriptor(original.ServiceType, hidden, (provider, _) => Make(original, new CacheServices(provider, isHybrid)), original.Lifetime);
    }

    private static object Make(ServiceDescriptor original, CacheServices services)
    {
        if (TypeOf(original) is { } type)
            return ActivatorUtilities.CreateInstance(services, type);
        return original.IsKeyedService ? original.KeyedImplementationFactory!(services, original.ServiceKey) : original.ImplementationFactory!(services);
    }

    /// <summary>Behind another key, what asks for its key would be told the wrong one.</summary>
    private static bool CanBeMoved(ServiceDescriptor service) =>
        !service.IsKeyedService || (service.ServiceKey != KeyedService.AnyKey && !(service.KeyedImplementationType is { } type && AsksForItsKey(type)));

    private static bool AsksForItsKey([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type) =>
        type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.IsDefined(typeof(ServiceKeyAttribute), inherit: false)));

    private static bool IsHybrid(ServiceDescriptor service)
    {
        var assembly = TypeOf(service)?.Assembly ?? (service.IsKeyedService ? service.KeyedImplementationFactory?.Method : service.ImplementationFactory?.Method)?.Module.Assembly;
        return assembly?.GetName().Name == HybridAssembly;
    }
}
