using CoLink.Observability;
using CoLink.Observability.Exposition;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the scrape as an endpoint of the app's.</summary>
public static class CoLinkMetricsEndpointExtensions
{
    /// <summary>
    /// Maps <c>/metrics</c> as an endpoint, for an app that wants its own conventions on it. Without this call the scrape is
    /// answered before all middleware; with it, the app's middleware decides. The guards of the configuration apply in both.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <returns>The endpoint's conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddCoLinkObservability</c> was not called, or the metrics have a port of their own.</exception>
    public static IEndpointConventionBuilder MapCoLinkMetrics(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var route = services.GetService<MetricsRoute>()
            ?? throw new InvalidOperationException("MapCoLinkMetrics needs builder.AddCoLinkObservability() in Program.cs, before the app is built.");
        var metrics = services.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value.Metrics;
        if (metrics.Port is { } port)
            throw new InvalidOperationException($"CoLink:Observability:Metrics:Port is {port}, so the metrics are served there: remove the key or the call to MapCoLinkMetrics.");

        route.IsMapped = true;
        var endpoint = services.GetRequiredService<MetricsEndpoint>();
        return endpoints.MapMethods(metrics.Path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)endpoint.HandleAsync)
            .WithDisplayName("CoLink metrics").DisableHttpMetrics();
    }
}
