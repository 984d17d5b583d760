using System.Diagnostics.Metrics;
using CoLink.Observability;
using CoLink.Observability.Business;
using CoLink.Observability.Cache;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Database;
using CoLink.Observability.Database.AdoNet;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Exposition;
using CoLink.Observability.Health;
using CoLink.Observability.Hosting;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Http;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Registry;
using CoLink.Observability.Registry.Meters;
using CoLink.Observability.Runtime;
using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.Redaction;
using CoLink.Observability.WebSockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace Microsoft.Extensions.Hosting;

/// <summary>The one door.</summary>
public static class CoLinkObservabilityExtensions
{
    /// <summary>
    /// Gives a web application or a worker its metrics, its traces and its logs. The metrics are served at <c>/metrics</c>, on the app's
    /// own port in a web application and on 9464 in a worker; traces go to a collector and log events to Loki where their addresses
    /// are given, and log events to standard output, a JSON object a line. No call on the built app is needed, and the order of its
    /// middleware does not matter.
    /// </summary>
    /// <param name="builder">The builder of the host.</param>
    /// <param name="configure">Changes options after the section <c>CoLink:Observability</c> was read. A second call only adds its own changes.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="OptionsValidationException">Thrown as the host starts, where an option is invalid; it names each key, its value and what is allowed.</exception>
    public static IHostApplicationBuilder AddCoLinkObservability(this IHostApplicationBuilder builder, Action<CoLinkObservabilityOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.All(service => service.ServiceType != typeof(MetricRegistry)))
            AddServices(builder.Services, builder.Configuration, FinalServices.Of(builder));
        if (configure is not null)
            builder.Services.Configure(configure);
        return builder;
    }

    private static void AddServices(IServiceCollection services, IConfiguration configuration, FinalServices final)
    {
        services.AddOptions<CoLinkObservabilityOptions>()
            .Configure<IConfiguration>(static (options, configuration) => OptionsBinder.Bind(configuration, options))
            .ValidateOnStart();
        services.AddSingleton<IOptions<CoLinkObservabilityOptions>, CheckedOptions>();
        services.AddSingleton<IPostConfigureOptions<CoLinkObservabilityOptions>, OptionsDefaults>();
        services.AddSingleton<IValidateOptions<CoLinkObservabilityOptions>, OptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(provider =>
        {
            var metrics = Options(provider).Metrics;
            var time = provider.GetRequiredService<TimeProvider>();
            return new MetricRegistry(
                new SeriesLimits(metrics.MaxSeriesPerMetric, metrics.SeriesLimits.AsReadOnly()), provider.GetRequiredService<ILogger<MetricRegistry>>(),
                metrics.IncludeStaticRegistry ? StaticRegistry.Default(time) : null, time);
        });
        services.AddSingleton(provider => new MeterPublisher(
            provider.GetRequiredService<MetricRegistry>(), provider.GetService<IMeterFactory>(), provider.GetRequiredService<ILogger<MeterPublisher>>()));
        services.AddSingleton(provider => new BusinessMetrics(provider.GetRequiredService<MetricRegistry>()));
        services.AddSingleton(provider => new Operations(
            provider.GetRequiredService<MetricRegistry>(), provider.GetRequiredService<ILogger<Operations>>(), provider.GetRequiredService<TimeProvider>()));
        HostLogs.Add(services, final);
        services.AddSingleton<HttpMetrics>();
        services.AddSingleton<HttpRoutes>();
        services.AddSingleton(provider => new ExcludedPaths([.. Options(provider).ExcludedPaths!, Options(provider).Metrics.Path]));
        services.AddSingleton(provider => new EndpointPrecreation(
            Options(provider).Http.Enabled ? provider.GetRequiredService<HttpMetrics>() : null,
            provider.GetRequiredService<HttpRoutes>(), provider.GetRequiredService<ExcludedPaths>(),
            provider.GetRequiredService<MetricRegistry>(), [.. Options(provider).Http.PrecreatedStatuses!], provider.GetRequiredService<ILogger<EndpointPrecreation>>())
        {
            Read = Options(provider) is { Logging.Enabled: true } or { Tracing.Enabled: true } ? provider.GetRequiredService<PathRedaction>().LearnAll : null,
        });
        services.AddSingleton<WebSocketMetrics>();
        services.AddSingleton(static provider => new HandshakeSpans(provider.GetRequiredService<MetricRegistry>())
        {
            Enrich = provider.GetRequiredService<IOptionsMonitor<AspNetCoreTraceInstrumentationOptions>>().CurrentValue.EnrichWithHttpResponse,
        });
        services.AddSingleton<RuntimeObserver>();
        services.AddSingleton<DatabaseMetrics>();
        services.AddSingleton(provider => new DatabaseSpans(Options(provider).Database.Enabled, Options(provider).Tracing.RecordSql, provider.GetRequiredService<MetricRegistry>()));
        services.AddSingleton<DatabaseObserver>();
        AddCaches(services, final);
        var tracing = AddTracing(services, new Variables(configuration), final);
        AddHealth(services, final);
        services.AddSingleton<PoolTotals>();
        services.AddSingleton(provider => new AdoNetObserver(
            provider.GetRequiredService<DatabaseMetrics>(), provider.GetRequiredService<DatabaseSpans>(), provider.GetRequiredService<MetricRegistry>(), provider.GetRequiredService<PoolTotals>(),
            provider.GetRequiredService<TimeProvider>(), Options(provider).Database));
        services.AddSingleton<ExpositionMetrics>();
        services.AddSingleton<ScrapeGuard>();
        services.AddSingleton<MetricsRoute>();
        services.AddSingleton<MetricsEndpoint>();
        services.AddSingleton<MetricsListener>();
        services.AddSingleton<BuildInfo>();
        services.AddSingleton<StartupSummary>();
        services.AddSingleton(final);
        services.AddHostedService<ObservabilityLifecycle>();

        // The first filter is the outermost, before host filtering too: a refused host is a request as well.
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, ObservabilityStartupFilter>());

        // The first metric of a process has the client library compile its regular expressions and the runtime our own code, which
        // is half of what we add to a start. Another core does it on a registry that nobody reads, while the host is put together,
        // and then the same for spans.
        var hasEndpoint = configuration[$"{OptionKey.Section}:Tracing:Otlp:Endpoint"] is { Length: > 0 };
        _ = Task.Run(() =>
        {
            _ = new HttpMetrics(new MetricRegistry(SeriesLimits.Default, NullLogger.Instance));
            tracing.WarmUp(hasEndpoint);
        });
    }

    /// <summary>The app registers its caches where it likes, so they are decorated when all are there.</summary>
    private static void AddCaches(IServiceCollection services, FinalServices final)
    {
        var caches = new CacheObserver();
        services.AddSingleton(caches);
        services.AddSingleton<CacheMetrics>();
        final.Add(Observers.Cache, (all, options) =>
        {
            if (options.Cache.Enabled)
                caches.Decorate(all);
        });
    }

    /// <summary>Whether there are spans depends on what exports them, which the app registers where it likes.</summary>
    private static TracingSetup AddTracing(IServiceCollection services, Variables variables, FinalServices final)
    {
        var setup = new TracingSetup(variables);
        services.AddSingleton(setup);
        services.TryAddSingleton(static provider =>
        {
            var (logging, paths) = (Options(provider).Logging, provider.GetRequiredService<PathRedaction>());
            return new SpanRedaction(new Redactor(logging.RedactedProperties!, logging.RedactedPatterns!).Text, (context, path) => paths.Redact(path, context.GetEndpoint()));
        });
        services.AddSingleton(provider =>
        {
            var options = Options(provider);
            return new TracingObserver(
                options.Tracing, new TracedService(options.ServiceName!, options.Namespace!, options.Version!, options.Instance!, options.Environment!), variables,
                provider.GetRequiredService<SpanRedaction>(), provider.GetRequiredService<MetricRegistry>(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TracingObserver>>())
            {
                // The statement of a command is read off its span, and then taken away.
                Building = () => provider.GetRequiredService<DatabaseObserver>().Start(options.Database),
            };
        });
        final.Add(Observers.Tracing, (all, options) => setup.Apply(all, options.Tracing));
        return setup;
    }

    /// <summary>Health checks are the app's, or are not at all: what it has is recorded, and one of ours joins them.</summary>
    private static void AddHealth(IServiceCollection services, FinalServices final)
    {
        services.AddSingleton<HealthMetrics>();
        services.AddSingleton<TelemetryHealth>();
        final.Add(Observers.Health, static (all, _) => HealthObserver.Join(all));
    }

    private static CoLinkObservabilityOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value;
}
