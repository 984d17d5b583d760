using CoLink.Observability.Exposition;
using CoLink.Observability.Http;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Logging.Requests;
using CoLink.Observability.Registry;
using CoLink.Observability.Tracing;
using CoLink.Observability.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>Puts the scrape and the observers of requests and sockets before everything the app does, so that no middleware can hide the one or escape the other.</summary>
internal sealed class ObservabilityStartupFilter(MetricsEndpoint endpoint, MetricsRoute route, IOptions<CoLinkObservabilityOptions> options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.ApplicationServices.GetRequiredService<PathRedaction>().Await();

        // A mapped scrape may stand at any path, so where networks are checked every request keeps its peer.
        if (endpoint.ChecksPeers)
            app.Use(KeepPeers);

        // The path of the scrape is among the excluded ones: only what is not observed need be compared with it.
        // The observer is made only here: a family that nobody fills must not be on the exposition.
        app.Use(after =>
        {
            var sockets = options.Value.WebSockets.Enabled ? Sockets(app.ApplicationServices, after) : null;
            var upgrades = IsTraced(app.ApplicationServices) ? Handshakes(app.ApplicationServices, sockets ?? after) : sockets;
            return options.Value.Http.Enabled || options.Value.Logging is { Enabled: true, RequestLogging: true }
                ? Observer(app.ApplicationServices, after, upgrades ?? after, AnswerScrapes(after)).InvokeAsync
                : upgrades is null ? AnswerScrapes(after) : Divide(app.ApplicationServices.GetRequiredService<ExcludedPaths>(), upgrades, AnswerScrapes(after));
        });
        next(app);
    };

    private HttpObserver Observer(IServiceProvider services, RequestDelegate next, RequestDelegate upgrades, RequestDelegate unobserved) => new(
        next,
        unobserved,
        options.Value.Http.Enabled ? services.GetRequiredService<HttpMetrics>() : null,
        services.GetRequiredService<HttpRoutes>(),
        services.GetRequiredService<ExcludedPaths>(),
        services.GetRequiredService<MetricRegistry>(),
        services.GetRequiredService<TimeProvider>())
    {
        Upgrades = upgrades,
        Finished = options.Value.Logging is { Enabled: true, RequestLogging: true } ? services.GetRequiredService<RequestLog>().Write : null,
    };

    /// <summary>Spans that the app makes by itself, with ours switched off, are left as they are.</summary>
    private static bool IsTraced(IServiceProvider services) => services.GetRequiredService<TracingSetup>().Off is null;

    private static RequestDelegate Handshakes(IServiceProvider services, RequestDelegate next)
    {
        var spans = services.GetRequiredService<HandshakeSpans>();
        return context => spans.InvokeAsync(context, next);
    }

    private static RequestDelegate Sockets(IServiceProvider services, RequestDelegate next) => new WebSocketObserver(
        next,
        services.GetRequiredService<WebSocketMetrics>(),
        services.GetRequiredService<HttpRoutes>(),
        services.GetRequiredService<MetricRegistry>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping).InvokeAsync;

    /// <summary>Where no HTTP observer does it.</summary>
    private static RequestDelegate Divide(ExcludedPaths excluded, RequestDelegate upgrades, RequestDelegate others) => context =>
        UpgradeWatch.MayUpgrade(context.Request) && !excluded.Contains(context.Request.Path) ? upgrades(context) : others(context);

    private RequestDelegate AnswerScrapes(RequestDelegate next) => context =>
        route.IsFiltered && context.Request.Path.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase)
            ? endpoint.HandleAsync(context)
            : next(context);

    private RequestDelegate KeepPeers(RequestDelegate next) => context =>
    {
        if (route.IsMapped)
            MetricsEndpoint.KeepPeer(context);
        return next(context);
    };
}
