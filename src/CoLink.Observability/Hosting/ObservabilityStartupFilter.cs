using CoLink.Observability.Exposition;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>Puts the scrape and the HTTP observer before everything the app does, so that no middleware can hide the one or escape the other.</summary>
internal sealed class ObservabilityStartupFilter(
    MetricsEndpoint endpoint, MetricsRoute route, HttpMetrics http, HttpRoutes routes, ExcludedPaths excluded, MetricRegistry registry, TimeProvider time, IOptions<CoLinkObservabilityOptions> options)
    : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // The path of the scrape is among the excluded ones, so an observed request need not be compared with it again.
        if (options.Value.Http.Enabled)
            app.Use(after => new HttpObserver(after, AnswerScrapes(after), http, routes, excluded, registry, time).InvokeAsync);
        else
            app.Use(AnswerScrapes);
        next(app);
    };

    private RequestDelegate AnswerScrapes(RequestDelegate next) => context =>
        route.IsFiltered && context.Request.Path.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase)
            ? endpoint.HandleAsync(context)
            : next(context);
}
