using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CoLink.Observability.Hosting;

/// <summary>
/// The place of the console provider that is there at the one call. <c>AddConsole</c> adds none where there is one already, so that
/// one which the app adds later could not be told from it: until the services are final it is there in a guise.
/// </summary>
internal sealed class ConsolePlace
{
    private readonly ServiceDescriptor? _original;
    private readonly ServiceDescriptor? _guise;

    private ConsolePlace(ServiceDescriptor? original, ServiceDescriptor? guise) => (_original, _guise) = (original, guise);

    public static ConsolePlace Take(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i].ImplementationType != typeof(ConsoleLoggerProvider) || !HostLogs.IsOf<ConsoleLoggerProvider>(services[i]))
                continue;
            var original = services[i];

            // The factory's type is what AddConsole compares. Where nobody ever makes the services final, it is the provider that it hides.
            var guise = ServiceDescriptor.Singleton(provider => services.Any(HostLogs.IsOf<ConsoleLoggerProvider>)
                ? NullLoggerProvider.Instance
                : (ILoggerProvider)ActivatorUtilities.CreateInstance<ConsoleLoggerProvider>(provider));
            services[i] = guise;
            return new ConsolePlace(original, guise);
        }

        return new ConsolePlace(null, null);
    }

    /// <param name="services">The final services.</param>
    /// <param name="isReplaced">Whether ours takes its place; else it comes back, unless another one has come.</param>
    public void GiveUp(IServiceCollection services, bool isReplaced)
    {
        if (_guise is null || services.IndexOf(_guise) is not (>= 0 and var place))
            return;
        if (isReplaced || services.Any(HostLogs.IsOf<ConsoleLoggerProvider>))
            services.RemoveAt(place);
        else
            services[place] = _original!;
    }

    /// <summary>Whether the provider is still here in its guise.</summary>
    public bool IsHeld(IServiceCollection services) => _guise is not null && services.Contains(_guise);
}
