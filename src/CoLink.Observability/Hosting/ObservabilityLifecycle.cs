using CoLink.Observability.Catalogue;
using CoLink.Observability.Exposition;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.Registry.Meters;
using CoLink.Observability.Runtime;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>What the library does as the host starts and stops.</summary>
internal sealed class ObservabilityLifecycle(IServiceProvider services, IOptions<CoLinkObservabilityOptions> options, ILogger<ObservabilityLifecycle> logger)
    : IHostedLifecycleService, IDisposable
{
    private IDisposable? _endpoints;

    /// <exception cref="OptionsValidationException">The policy that guards the scrapes does not exist.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, nearest) in OptionsBinder.Unknown(services.GetRequiredService<IConfiguration>()))
            Log.UnknownKey(logger, key, nearest);
        await CheckPolicyAsync(options.Value.Metrics.Policy);
        services.GetRequiredService<BuildInfo>().Declare();
        if (options.Value.Runtime.Enabled)
            services.GetRequiredService<RuntimeObserver>().Start();
        if (options.Value.Metrics.Meters is { Count: > 0 } meters)
            services.GetRequiredService<MeterPublisher>().Start(meters);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var route = services.GetRequiredService<MetricsRoute>();
        route.Port = options.Value.Metrics.Port ?? (IsWeb ? null : MetricsOptions.DefaultWorkerPort);
        if (route.Port is { } port)
            await services.GetRequiredService<MetricsListener>().StartAsync(port, cancellationToken);
    }

    /// <summary>The app's pipeline is built and its routes are known.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Http.Enabled && IsWeb && services.GetService<EndpointDataSource>() is { } endpoints)
            _endpoints = services.GetRequiredService<EndpointPrecreation>().Watch(endpoints);
        services.GetRequiredService<StartupSummary>().Write(IsWeb);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The last scrape may still come while the app drains, so the listener goes last.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => services.GetRequiredService<MetricsListener>().StopAsync(cancellationToken);

    public void Dispose() => _endpoints?.Dispose();

    private bool IsWeb => services.GetService<IServer>() is not null;

    private async Task CheckPolicyAsync(string? policy)
    {
        if (policy is null)
            return;
        var provider = services.GetService<IAuthorizationPolicyProvider>();
        if (provider is null)
            throw Unknown(policy, "the app has no authorization services: call builder.Services.AddAuthorization(…)");
        if (await provider.GetPolicyAsync(policy) is null)
            throw Unknown(policy, "it is not among the app's policies: add it with AddAuthorization(options => options.AddPolicy(…))");
    }

    private static OptionsValidationException Unknown(string policy, string why) => new(
        Options.DefaultName, typeof(CoLinkObservabilityOptions),
        [$"{OptionKey.Section}:Metrics:Policy is '{policy}', but allowed is the name of an authorization policy of the app; {why}."]);
}
