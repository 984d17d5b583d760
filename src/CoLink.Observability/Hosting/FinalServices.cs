using CoLink.Observability.Hosting.Validation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>
/// What must see every service of the app, also those registered after the one call, changes the collection here: once, before any
/// container, the app's own included, is made from it.
/// </summary>
internal sealed class FinalServices
{
    private readonly IServiceCollection _services;
    private readonly List<(string Observer, Action<IServiceCollection, CoLinkObservabilityOptions> Change)> _changes = [];
    private readonly List<(string Observer, Exception Exception)> _failures = [];

    private FinalServices(IServiceCollection services) => _services = services;

    /// <summary>Whether the building was announced. Where it was not, nothing was changed, and who needed it must say that it is blind.</summary>
    public bool WereSeen { get; private set; }

    /// <summary>The options as far as they were known then; null where the building was not announced.</summary>
    public CoLinkObservabilityOptions? Options { get; private set; }

    /// <summary>Changes that failed; there was no registry yet to count them in.</summary>
    public IReadOnlyList<(string Observer, Exception Exception)> Failures => _failures;

    /// <summary>The final services of what is built with this builder.</summary>
    public static FinalServices Of(IHostApplicationBuilder builder)
    {
        var final = new FinalServices(builder.Services);
        HostBuilding.Subscribe(final, static (final, host) => host.ConfigureServices(final.Apply));
        return final;
    }

    /// <param name="observer">Whose failure it is, where it fails.</param>
    /// <param name="change">What to change, by the options as far as they are known while there is no container.</param>
    public void Add(string observer, Action<IServiceCollection, CoLinkObservabilityOptions> change) => _changes.Add((observer, change));

    /// <summary>Every host that is built in the process is announced; this collection belongs to one of them.</summary>
    private void Apply(HostBuilderContext context, IServiceCollection services)
    {
        if (WereSeen || !ReferenceEquals(services, _services))
            return;
        WereSeen = true;
        var options = Options = EarlyOptions(context.Configuration);
        foreach (var (observer, change) in _changes)
        {
            try
            {
                change(services, options);
            }
            catch (Exception exception)
            {
                _failures.Add((observer, exception));
            }
        }
    }

    /// <summary>The section and what code sets, on an object of their own. What is invalid stops the host later, with a message of its own.</summary>
    private CoLinkObservabilityOptions EarlyOptions(IConfiguration configuration)
    {
        var options = new CoLinkObservabilityOptions();
        try
        {
            OptionsBinder.Bind(configuration, options);
            foreach (var configure in _services.Where(IsOfOptions).Select(service => service.ImplementationInstance).OfType<IConfigureOptions<CoLinkObservabilityOptions>>())
                configure.Configure(options);
        }
        catch (Exception)
        {
            // The same code runs again as the host starts, and there it is told.
        }

        return options;
    }

    private static bool IsOfOptions(ServiceDescriptor service) => !service.IsKeyedService && service.ServiceType == typeof(IConfigureOptions<CoLinkObservabilityOptions>);
}
