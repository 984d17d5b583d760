using CoLink.Observability.Exposition;
using CoLink.Observability.Http;
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
        app.Use(AnswerScrapes);

        // Made only here: a family that nobody fills must not be on the exposition.
        if (options.Value.Http.Enabled)
            app.Use(after => ActivatorUtilities.CreateInstance<HttpObserver>(app.ApplicationServices, after).InvokeAsync);
        next(app);
    };

    private RequestDelegate AnswerScrapes(RequestDelegate next) => context =>
    {
        if (route.IsFiltered && context.Request.Path.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase))
            return endpoint.HandleAsync(context);
        if (route.IsMapped)
            endpoint.Remember(context);
        return next(context);
    };
}
