using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>One line that says what is on, what is off, and which road each signal takes. Never a secret.</summary>
internal sealed class StartupSummary(
    IOptions<CoLinkObservabilityOptions> options, MetricsRoute route, MetricsListener listener, ScrapeGuard guard, IServiceProvider services, ILogger<StartupSummary> logger)
{
    public void Write(bool isWeb)
    {
        var service = options.Value;
        Log.Started(
            logger,
            BuildInfo.LibraryVersion,
            service.ServiceName!,
            $"{service.Metrics.Path} on {Place()}, {guard.Describe()}",
            Traces(),
            Families(service, isWeb, on: true),
            Families(service, isWeb, on: false) is { Length: > 0 } off ? off : "nothing");
    }

    private string Traces() => services.GetRequiredService<TracingSetup>().Off ?? services.GetRequiredService<TracingObserver>().Road;

    private string Place() => route.Port is { } port ? $"port {port}{(listener.IsListening ? "" : " (which is taken; tried again until it is free)")}" : route.IsMapped ? "the app's port, mapped by the app" : "the app's port";

    private static string Families(CoLinkObservabilityOptions service, bool isWeb, bool on)
    {
        (string Name, bool IsOn)[] families =
        [
            ("http", isWeb && service.Http.Enabled),
            ("websockets", isWeb && service.WebSockets.Enabled),
            ("database", service.Database.Enabled),
            ("cache", service.Cache.Enabled),
            ("runtime", service.Runtime.Enabled),
            ($"meters {string.Join(' ', service.Metrics.Meters ?? [])}".TrimEnd(), service.Metrics.Meters is { Count: > 0 }),
            ("static registry", service.Metrics.IncludeStaticRegistry),
        ];
        return string.Join(", ", families.Where(family => family.IsOn == on).Select(family => family.Name));
    }
}
