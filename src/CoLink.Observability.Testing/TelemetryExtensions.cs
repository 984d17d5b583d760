using CoLink.Observability.Logging;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Testing;

/// <summary>The door of the package.</summary>
public static class TelemetryExtensions
{
    /// <summary>
    /// Keeps the spans and the log events of this host for the test. Spans are made and redacted as for an export, which stays what it
    /// was; log events are kept as the JSON lines they would be, and not written to standard output. Metrics are there without it.
    /// </summary>
    /// <param name="services">The services of the host, in a <c>WebApplicationFactory</c> those of <c>ConfigureTestServices</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddTelemetryCapture(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(CapturedSpans)))
            return services;
        var (spans, logs) = (new CapturedSpans(), new CapturedLogs());
        services.AddSingleton(spans);
        services.AddSingleton(logs);
        services.AddSingleton<IStartupFilter>(new HostMark(spans));
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new SpanCapture(spans)));
        services.AddSingleton(new OpenConsole(logs.Open));
        services.PostConfigure<CoLinkObservabilityOptions>(options => options.Logging.Console = ConsoleFormat.Json);
        return services;
    }

    /// <summary>The telemetry of the host that these services belong to.</summary>
    /// <param name="services">The services of a built host.</param>
    /// <exception cref="InvalidOperationException">The host has not called <c>AddCoLinkObservability()</c>.</exception>
    public static Telemetry GetTelemetry(this IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registry = services.GetService<MetricRegistry>()
            ?? throw new InvalidOperationException("This host has no telemetry: its builder has not called AddCoLinkObservability().");
        return new Telemetry(new Metrics(registry), services.GetService<CapturedSpans>(), services.GetService<CapturedLogs>());
    }
}
