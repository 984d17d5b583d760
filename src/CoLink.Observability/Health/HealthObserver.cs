using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoLink.Observability.Health;

/// <summary>
/// Watches the runs of the app's health checks at the service that whoever runs them asks, and adds the library's own to them. A
/// publisher would have the checks run on a schedule, which is the app's to decide.
/// </summary>
internal static class HealthObserver
{
    /// <summary>The check of the library itself.</summary>
    public const string OwnCheck = "colink_telemetry";

    /// <param name="services">All of the app's services; there is no container yet. Without health checks they stay as they are.</param>
    public static void Join(IServiceCollection services)
    {
        int[] places = [.. Enumerable.Range(0, services.Count).Where(i => services[i].ServiceType == typeof(HealthCheckService) && !services[i].IsKeyedService)];
        foreach (var place in places)
        {
            // Under a key that nobody knows it is still the container's, which disposes it.
            var (original, hidden) = (services[place], new object());
            services[place] = ServiceDescriptor.Describe(
                typeof(HealthCheckService),
                provider => new ObservedHealthChecks(provider.GetRequiredKeyedService<HealthCheckService>(hidden), provider.GetRequiredService<HealthMetrics>()),
                original.Lifetime);
            services.Add(Hide(original, hidden));
        }

        if (places.Length > 0)
            services.PostConfigure<HealthCheckServiceOptions>(AddOwn);
    }

    /// <summary>Two checks of one name stop an app that asks for them.</summary>
    private static void AddOwn(HealthCheckServiceOptions options)
    {
        if (options.Registrations.Any(check => string.Equals(check.Name, OwnCheck, StringComparison.OrdinalIgnoreCase)))
            return;
        options.Registrations.Add(new HealthCheckRegistration(
            OwnCheck, static provider => new TelemetryHealthCheck(provider.GetRequiredService<TelemetryHealth>()), HealthStatus.Degraded, tags: null));
    }

    private static ServiceDescriptor Hide(ServiceDescriptor original, object hidden)
    {
        if (original.ImplementationInstance is { } instance)
            return new ServiceDescriptor(typeof(HealthCheckService), hidden, instance);
        return original.ImplementationType is { } type
            ? new ServiceDescriptor(typeof(HealthCheckService), hidden, type, original.Lifetime)
            : new ServiceDescriptor(typeof(HealthCheckService), hidden, (provider, _) => original.ImplementationFactory!(provider), original.Lifetime);
    }
}
