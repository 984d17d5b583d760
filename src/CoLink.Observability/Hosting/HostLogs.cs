using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Logging.Requests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Serilog.Extensions.Logging;

namespace CoLink.Observability.Hosting;

/// <summary>The logs among what the host has of its own: its logger factory, its console, an app's Serilog.</summary>
internal sealed class HostLogs
{
    private readonly IServiceCollection _services;
    private readonly FinalServices _final;
    private readonly ConsolePlace _console;

    private HostLogs(IServiceCollection services, FinalServices final)
    {
        (_services, _final) = (services, final);
        _console = ConsolePlace.Take(services);
    }

    /// <summary>Whether the app's Serilog hears the events as well: what it writes to is its own affair.</summary>
    public bool IsBesideSerilog { get; private set; }

    /// <summary>Whether standard output is left to the app's console provider, since nobody could take it away.</summary>
    public bool IsConsoleUnreachable => !_final.WereSeen && HasConsole();

    public static void Add(IServiceCollection services, FinalServices final)
    {
        var logs = new HostLogs(services, final);
        services.AddSingleton(logs);
        services.TryAddSingleton(new OpenConsole(Roads.OpenConsole));
        services.TryAddSingleton(new OpenLoki(Roads.OpenLoki));
        services.AddSingleton(provider => new LogPipeline(() => logs.Open(provider)));
        services.AddSingleton<LogProvider>();
        services.Add(Provider);
        services.AddSingleton(static provider => Paths(provider.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value.Logging));
        services.AddSingleton(static provider => new RequestLog(
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(RequestLog.Category), provider.GetRequiredService<PathRedaction>()));
        final.Add(Catalogue.Observers.Logging, logs.Change);
    }

    private static ServiceDescriptor Provider => ServiceDescriptor.Singleton<ILoggerProvider, LogProvider>(static provider => provider.GetRequiredService<LogProvider>());

    /// <summary>All of the app's services are here, and there is no container yet.</summary>
    private void Change(IServiceCollection services, CoLinkObservabilityOptions options)
    {
        _console.GiveUp(services, isReplaced: options.Logging.Enabled);
        if (!options.Logging.Enabled)
            return;

        // The app may have cleared the providers after the one call. It meant those that it knew.
        if (!services.Any(service => IsOf<LogProvider>(service)))
            services.Add(Provider);
        if (FactoryThatMayBeSerilogs(services) is { } place)
        {
            var original = services[place];
            services[place] = ServiceDescriptor.Singleton(provider => Beside(provider, original));
        }
    }

    private static int? FactoryThatMayBeSerilogs(IServiceCollection services)
    {
        // The container takes the last one.
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i] is { IsKeyedService: false } service && service.ServiceType == typeof(ILoggerFactory))
                return service.ImplementationFactory is not null || service.ImplementationInstance is SerilogLoggerFactory || service.ImplementationType == typeof(SerilogLoggerFactory) ? i : null;
        }

        return null;
    }

    private ILoggerFactory Beside(IServiceProvider provider, ServiceDescriptor original)
    {
        var theirs = (ILoggerFactory)(original.ImplementationInstance
            ?? original.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, original.ImplementationType!));
        if (theirs is not SerilogLoggerFactory)
            return theirs;

        // Serilog may hand its events on to the providers, this one among them.
        provider.GetRequiredService<LogProvider>().IsMuted = true;
        IsBesideSerilog = true;
        var ours = new LoggerFactory(
            [new LogProvider(provider.GetRequiredService<LogPipeline>())],
            provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            provider.GetRequiredService<IOptions<LoggerFactoryOptions>>());
        return new CompositeLoggerFactory(theirs, ours, ownsTheirs: original.ImplementationInstance is null);
    }

    private LogRoads Open(IServiceProvider provider)
    {
        try
        {
            return Open(provider, provider.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value);
        }
        catch (Exception failure)
        {
            // The options are invalid, or the container is gone: the host does not start, and says so in the events that wait.
            // What is left is the console, as far as the options could be read.
            return Last(provider, failure);
        }
    }

    private LogRoads Open(IServiceProvider provider, CoLinkObservabilityOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        if (!options.Logging.Enabled)
            return LogRoads.None(time);
        var setup = new RoadSetup(
            options.Logging, options.ServiceName!, options.Namespace!, options.Instance!, time,
            provider.GetRequiredService<PathRedaction>().Redact, provider.GetRequiredService<ILoggerFactory>());
        var failures = new List<Exception>();
        var format = Format(options.Logging.Console, provider.GetRequiredService<IHostEnvironment>());
        var console = format == ConsoleFormat.None ? null : Try(failures, () => provider.GetRequiredService<OpenConsole>()(format, setup));
        var loki = options.Logging.Loki.Url is null ? null : Try(failures, () => provider.GetRequiredService<OpenLoki>()(setup));
        return new LogRoads(console, loki, time) { Failure = failures.FirstOrDefault() };
    }

    private LogRoads Last(IServiceProvider provider, Exception failure)
    {
        var options = _final.Options ?? new CoLinkObservabilityOptions();
        var environment = _services.Select(service => service.ImplementationInstance).OfType<IHostEnvironment>().FirstOrDefault();
        var format = Format(options.Logging.Console, environment);
        if (format == ConsoleFormat.None || !options.Logging.Enabled)
            return new LogRoads(null, null, TimeProvider.System) { Failure = failure };
        var logging = new CoLinkObservabilityOptions().Logging;
        (logging.RedactedProperties, logging.RedactedPatterns) = ([.. LoggingOptions.DefaultRedactedProperties], [.. LoggingOptions.DefaultRedactedPatterns]);
        var setup = new RoadSetup(logging, "", "", "", TimeProvider.System, Paths(logging).Redact, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var open = _services.Select(service => service.ImplementationInstance).OfType<OpenConsole>().Last();
        return new LogRoads(open(format, setup), null, TimeProvider.System) { Failure = failure };
    }

    /// <summary>Where somebody else writes to standard output, only who asks for ours gets both; and where theirs should have gone and could not, not even he.</summary>
    private ConsoleFormat Format(ConsoleFormat? asked, IHostEnvironment? environment)
    {
        if (IsConsoleUnreachable)
            return ConsoleFormat.None;
        return asked ?? (HasConsole() || IsBesideSerilog || _services.Any(IsOf<SerilogLoggerProvider>) ? ConsoleFormat.None
            : environment?.IsDevelopment() == true ? ConsoleFormat.Text : ConsoleFormat.Json);
    }

    private bool HasConsole() => _console.IsHeld(_services) || _services.Any(IsOf<ConsoleLoggerProvider>);

    private static PathRedaction Paths(LoggingOptions options)
    {
        var secrets = new SecretNames(options.RedactedProperties!);
        return new PathRedaction(name => secrets.Contains(name));
    }

    private static T? Try<T>(List<Exception> failures, Func<T> open)
        where T : class
    {
        try
        {
            return open();
        }
        catch (Exception exception)
        {
            failures.Add(exception);
            return null;
        }
    }

    /// <summary>Whether a provider of this type is registered, in whichever way.</summary>
    internal static bool IsOf<TProvider>(ServiceDescriptor service) =>
        !service.IsKeyedService && service.ServiceType == typeof(ILoggerProvider)
        && (service.ImplementationType ?? service.ImplementationInstance?.GetType() ?? service.ImplementationFactory!.Method.ReturnType) == typeof(TProvider);
}
