using CoLink.Observability.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace CoLink.Observability.Http;

/// <summary>
/// Creates the error counters of every route at 0 once the routes are known, and again when they change: <c>rate</c> cannot see
/// the step from an absent series to 1, so the first error of a route would be no error.
/// </summary>
internal sealed class EndpointPrecreation(HttpMetrics metrics, HttpRoutes routes, ExcludedPaths excluded, IReadOnlyList<int> statuses, int limit)
{
    /// <summary>What routes without a list of methods answer, such as pages and conventional controllers.</summary>
    private static readonly string[] UsualMethods = [HttpMethods.Get, HttpMethods.Post];

    public IDisposable Watch(EndpointDataSource endpoints)
    {
        Create(endpoints.Endpoints);
        return ChangeToken.OnChange(endpoints.GetChangeToken, () => Create(endpoints.Endpoints));
    }

    private void Create(IReadOnlyList<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint is not RouteEndpoint || endpoint.Metadata.GetMetadata<ISuppressMatchingMetadata>()?.SuppressMatching == true)
                continue;
            var route = routes.Of(endpoint);
            if (!route.IsMeasured || excluded.Contains(route.Template))
                continue;

            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : UsualMethods)
            {
                var series = route.Series(HttpMethodLabel.Of(method), metrics);
                foreach (var status in statuses)
                {
                    // The other half of the cap is for what really happens.
                    if (metrics.RequestSeries >= limit / 2)
                        return;
                    series.Requests(status);
                }
            }
        }
    }
}
