using CoLink.Observability.Cache;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Database;
using CoLink.Observability.Exposition;
using CoLink.Observability.Health;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Registry;
using CoLink.Observability.Registry.Meters;
using CoLink.Observability.Runtime;
using CoLink.Observability.Tracing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>What the library does as the host starts and stops.</summary>
internal sealed class ObservabilityLifecycle(IServiceProvider services, IOptions<CoLinkObservabilityOptions> options, ILogger<ObservabilityLifecycle> logger)
    : IHostedLifecycleService
{
    /// <summary>Reading the routes builds every handler, and the app's first request builds them a second time: the start does not wait for it.</summary>
    private Task<IDisposable?> _watching = Task.FromResult<IDisposable?>(null);

    /// <summary>Kept for the end, when there may be no services to ask: a host whose program ends it may be disposed of by somebody else meanwhile.</summary>
    private MetricsListener? _listener;

    /// <exception cref="OptionsValidationException">The policy that guards the scrapes does not exist.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, nearest) in OptionsBinder.Unknown(services.GetRequiredService<IConfiguration>()))
            Log.UnknownKey(logger, key, nearest);
        await CheckPolicyAsync(options.Value.Metrics.Policy);
        services.GetRequiredService<BuildInfo>().Declare();
        services.GetRequiredService<HttpRoutes>().Seen = endpoint => services.GetRequiredService<PathRedaction>().Learn(endpoint);
        if (options.Value.Logging.Enabled)
            await StartLogsAsync();
        if (options.Value.Runtime.Enabled)
            services.GetRequiredService<RuntimeObserver>().Start();
        services.GetRequiredService<DatabaseObserver>().Start(options.Value.Database);
        if (options.Value.Cache.Enabled)
            services.GetRequiredService<CacheObserver>().Start(services.GetRequiredService<CacheMetrics>());
        if (services.GetRequiredService<TracingSetup>().Off is null)
            StartTracing();
        TellOfFinalServices();
        if (options.Value.Metrics.Meters is { Count: > 0 } meters)
            services.GetRequiredService<MeterPublisher>().Start(meters);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<MetricsRoute>().Port = Port;
        return IsWeb ? Task.CompletedTask : ListenAsync(cancellationToken);
    }

    /// <summary>The app's pipeline is built, its routes are known and its addresses taken: a port that is both is the app's.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (IsWeb)
            await ListenAsync(cancellationToken);
        if ((options.Value.Http.Enabled || options.Value.Logging.Enabled || options.Value.Tracing.Enabled) && IsWeb && services.GetService<EndpointDataSource>() is { } endpoints)
        {
            var precreation = services.GetRequiredService<EndpointPrecreation>();
            _watching = Task.Run(() => precreation.Watch(endpoints), CancellationToken.None);
        }
        else
        {
            services.GetRequiredService<PathRedaction>().LearnAll([]);
        }

        services.GetRequiredService<StartupSummary>().Write(IsWeb);
        if (options.Value.Logging.Enabled && !services.GetRequiredService<LogPipeline>().IsHeard)
            Log.LogsUnheard(logger, services.GetRequiredService<ILoggerFactory>().GetType().FullName!);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The last scrape may still come while the app drains, so the listener goes last.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            (await _watching.WaitAsync(cancellationToken))?.Dispose();
        }
        catch (OperationCanceledException)
        {
            // The routes are still being read, and the host has no more time: what watches them goes with the process.
        }
        finally
        {
            if (_listener is not null)
                await _listener.StopAsync(cancellationToken);
        }
    }

    private bool IsWeb => services.GetService<IServer>() is not null;

    private int? Port => options.Value.Metrics.Port ?? (IsWeb ? null : MetricsOptions.DefaultWorkerPort);

    private Task ListenAsync(CancellationToken cancellation)
    {
        if (Port is not { } port)
            return Task.CompletedTask;
        _listener = services.GetRequiredService<MetricsListener>();
        return _listener.StartAsync(port, cancellation);
    }

    private async Task StartLogsAsync()
    {
        var registry = services.GetRequiredService<MetricRegistry>();
        try
        {
            var pipeline = services.GetRequiredService<LogPipeline>();
            pipeline.OnFailure(exception => registry.Failed(Observers.Logging, exception));
            var roads = await pipeline.OpenAsync();
            if (roads.Failure is { } failure)
                registry.Failed(Observers.Logging, failure);
            _ = new LogMetrics(registry, pipeline, roads);
            if (roads.Loki is { } loki)
                services.GetRequiredService<TelemetryHealth>().Add("logs", loki.WhyFailing);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Logging, exception);
        }
    }

    private void StartTracing()
    {
        var tracing = services.GetRequiredService<TracingObserver>();
        tracing.Start(services);
        services.GetRequiredService<TelemetryHealth>().Add("traces", () => tracing.Monitor is { Problem: { } problem } monitor ? $"{monitor.Destination}: {problem.Cause}" : null);
    }

    private void TellOfFinalServices()
    {
        var final = services.GetRequiredService<FinalServices>();
        string[] blind = final.WereSeen ? [] : [.. Blind()];
        if (blind.Length > 0)
            Log.FinalServicesUnseen(logger, string.Join(", ", blind));
        if (options.Value.Logging.Enabled && services.GetRequiredService<HostLogs>().IsConsoleUnreachable)
            Log.ConsoleUnreachable(logger);
        foreach (var (observer, exception) in final.Failures)
            services.GetRequiredService<MetricRegistry>().Failed(observer, exception);
    }

    private IEnumerable<string> Blind()
    {
        if (options.Value.Cache.Enabled)
            yield return Observers.Cache;
        if (options.Value.Tracing.Enabled)
            yield return Observers.Tracing;
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(HealthCheckService)) == true)
            yield return Observers.Health;
    }

    private async Task CheckPolicyAsync(string? policy)
    {
        if (policy is null)
            return;
        if (Port is { } port)
            throw Unknown(policy, $"the metrics are served on port {port}, which has no authorization services: guard it with BearerToken, BasicUser or AllowedNetworks");

        // As at a scrape: a provider may be scoped.
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider.GetService<IAuthorizationPolicyProvider>();
        if (provider is null || scope.ServiceProvider.GetService<IPolicyEvaluator>() is null)
            throw Unknown(policy, "the app has no authorization services: call builder.Services.AddAuthorization(…)");
        if (await provider.GetPolicyAsync(policy) is null)
            throw Unknown(policy, "it is not among the app's policies: add it with AddAuthorization(options => options.AddPolicy(…))");
    }

    private static OptionsValidationException Unknown(string policy, string why) => new(
        Options.DefaultName, typeof(CoLinkObservabilityOptions),
        [$"{OptionKey.Section}:Metrics:Policy is '{policy}', but allowed is the name of an authorization policy of the app; {why}."]);
}
