using CoLink.Observability.Exposition;
using CoLink.Observability.Logging;
using CoLink.Observability.Registry;
using CoLink.Observability.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>One line that says what is on, what is off, and which road each signal takes. Never a secret.</summary>
internal sealed class StartupSummary(
    IOptions<CoLinkObservabilityOptions> options, MetricsRoute route, MetricsListener listener, ScrapeGuard guard, LogPipeline pipeline, HostLogs logs,
    IServiceProvider services, ILogger<StartupSummary> logger)
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
            Logs(service, isWeb),
            Families(service, isWeb, on: true),
            Families(service, isWeb, on: false) is { Length: > 0 } off ? off : "nothing");
    }

    private string Traces() => services.GetRequiredService<TracingSetup>().Off ?? services.GetRequiredService<TracingObserver>().Road;

    private string Place() => route.Port is { } port ? $"port {port}{(listener.IsListening ? "" : " (which is taken; tried again until it is free)")}" : route.IsMapped ? "the app's port, mapped by the app" : "the app's port";

    private string Logs(CoLinkObservabilityOptions service, bool isWeb)
    {
        if (!service.Logging.Enabled)
            return "off";
        var (console, loki) = (pipeline.Roads?.Console, pipeline.Roads?.Loki);
        var road = loki is null ? "not pushed to Loki" : $"pushed to {loki.Address}{(loki.Spool is { } spool ? $", spool at {spool.Directory}" : "")}";
        var output = $"standard output {console?.Format ?? ConsoleFormat.None}{(logs.IsBesideSerilog ? " beside the app's Serilog" : "")}";
        return $"{output}, {road}{(isWeb ? service.Logging.RequestLogging ? ", a line a request" : ", no lines of requests" : "")}";
    }

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
        var names = new List<string>();
        foreach (var (name, isOn) in families)
        {
            if (isOn == on)
                names.Add(name);
        }

        return string.Join(", ", names);
    }
}
