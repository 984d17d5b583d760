using System.Diagnostics.CodeAnalysis;
using CoLink.Observability.Tracing.Otlp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tracing;

/// <summary>
/// Adds tracing to the services of the app, when all of them are known: whether there are spans at all is decided by what the app has
/// registered as well. Where nothing would export a span nothing is added, and a request costs what it did: the runtime makes and
/// passes on the ids of its trace anyway.
/// </summary>
internal sealed class TracingSetup(Variables variables)
{
    /// <summary>The library's own, Kafka's package included, and those of frameworks and drivers.</summary>
    private static readonly string[] Heard =
    [
        "CoLink.Observability", "CoLink.Observability.*", "Npgsql", "MongoDB.Driver", "Microsoft.AspNetCore.SignalR.Server", "Microsoft.AspNetCore.SignalR.Client",
    ];

    /// <summary>Why there are no spans of ours; null where there are.</summary>
    public string? Off { get; private set; } = "off, because the services of the app could not be seen";

    /// <summary>
    /// Has the runtime compile what a provider and an exporter are made of, which is much of what they add to a start. Neither listens
    /// to anything or sends anything.
    /// </summary>
    /// <param name="hasEndpoint">Whether the section has an endpoint at the time of the call; the variables are looked at here.</param>
    public void WarmUp(bool hasEndpoint)
    {
        if (variables.IsSdkDisabled || (!hasEndpoint && !variables.HaveEndpoint))
            return;
        try
        {
            using var provider = Sdk.CreateTracerProviderBuilder().SetSampler(new ParentBasedSampler(new AlwaysOnSampler())).Build();
            using var exporter = new OtlpTraceExporter(new OtlpExporterOptions());
        }
        catch (Exception)
        {
            // What is wrong with the variables is told as the host starts, where they are needed.
        }
    }

    /// <param name="services">Every service of the app.</param>
    /// <param name="options">The options as far as they are known while there is no container.</param>
    public void Apply(IServiceCollection services, TracingOptions options)
    {
        var isBuilt = services.Any(service => service.ServiceType == typeof(TracerProvider));
        Off = !options.Enabled ? "off"
            : variables.IsSdkDisabled ? "off by OTEL_SDK_DISABLED"
            : !isBuilt && !OtlpTarget.IsGiven(options.Otlp, variables) ? "not exported: there is no Tracing:Otlp:Endpoint"
            : null;
        if (Off is null)
            Add(services, options);
    }

    private static void Add(IServiceCollection services, TracingOptions options)
    {
        services.AddOpenTelemetry().WithTracing(tracing =>
        {
            // The app's own, under a name of its own, would otherwise be a second one.
            if (!IsThere<AspNetCoreTraceInstrumentationOptions>(services))
                tracing.AddAspNetCoreInstrumentation();
            if (!IsThere<HttpClientTraceInstrumentationOptions>(services))
                tracing.AddHttpClientInstrumentation();
            tracing.AddSource([.. Heard, .. options.Sources ?? []]);
        });

        services.AddSingleton<RequestSpans>();
        services.AddSingleton<IPostConfigureOptions<AspNetCoreTraceInstrumentationOptions>>(provider => provider.GetRequiredService<RequestSpans>());
        services.AddSingleton<IPostConfigureOptions<HttpClientTraceInstrumentationOptions>>(provider => provider.GetRequiredService<RequestSpans>());
        services.AddSingleton<IPostConfigureOptions<OtlpExporterOptions>>(provider =>
            new PostConfigureOptions<OtlpExporterOptions>(name: null, _ => provider.GetRequiredService<TracingObserver>().OptionsAreMade()));

        // One exporter for all signals: its options may have been made for another one already.
        var hasOtlp = services.Any(service => service.ServiceType.FullName == "OpenTelemetry.Exporter.UseOtlpExporterRegistration");

        // Configurations of the provider run in the order of their registration.
        var first = new ServiceCollection();
        first.ConfigureOpenTelemetryTracerProvider((provider, builder) => provider.GetRequiredService<TracingObserver>().Begin(builder, hasOtlp));
        foreach (var service in first.Reverse())
            services.Insert(0, service);
        services.ConfigureOpenTelemetryTracerProvider(static (provider, builder) => provider.GetRequiredService<TracingObserver>().End(builder, provider));
    }

    private static bool IsThere<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(IServiceCollection services)
        where TOptions : class
    {
        var factory = typeof(IOptionsFactory<TOptions>);
        return services.Any(service => service.ServiceType == factory);
    }
}
