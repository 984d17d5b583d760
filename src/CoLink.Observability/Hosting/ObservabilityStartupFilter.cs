using CoLink.Observability.Exposition;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>Puts the scrape and the HTTP observer before everything the app does, so that no middleware can hide the one or escape the other.</summary>
internal sealed class ObservabilityStartupFilter(MetricsEndpoint endpoint, MetricsRoute route, IOptions<CoLinkObservabilityOptions> options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // A mapped scrape may stand at any path, so where networks are checked every request keeps its peer.
        if (endpoint.ChecksPeers)
            app.Use(KeepPeers);

        // The path of the scrape is among the excluded ones: only what is not observed need be compared with it.
        // The observer is made only here: a family that nobody fills must not be on the exposition.
        if (options.Value.Http.Enabled)
            app.Use(after => Observer(app.ApplicationServices, after, AnswerScrapes(after)).InvokeAsync);
        else
            app.Use(AnswerScrapes);
        next(app);
    };

    private static HttpObserver Observer(IServiceProvider services, RequestDelegate next, RequestDelegate unobserved) => new(
        next,
        unobserved,
        services.GetRequiredService<HttpMetrics>(),
        services.GetRequiredService<HttpRoutes>(),
        services.GetRequiredService<ExcludedPaths>(),
        services.GetRequiredService<MetricRegistry>(),
        services.GetRequiredService<TimeProvider>());

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
