using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace CoLink.Observability.Http;

/// <summary>
/// Creates the error counters of every route at 0 once the routes are known, and again when they change: <c>rate</c> cannot see
/// the step from an absent series to 1, so the first error of a route would be no error.
/// </summary>
internal sealed class EndpointPrecreation(HttpMetrics metrics, HttpRoutes routes, MetricRegistry registry, IReadOnlyList<int> statuses)
{
    /// <summary>What routes without a list of methods answer, such as pages and conventional controllers.</summary>
    private static readonly string[] UsualMethods = [HttpMethods.Get, HttpMethods.Post];

    /// <summary>The other half of the cap is for what really happens.</summary>
    private readonly int _limit = registry.LimitOf(HttpCatalogue.Requests) / 2;

    /// <summary>
    /// Creates them now and at each change, until disposed. An endpoint that cannot be built throws where it is first asked for: that
    /// must not be here, where it would stop a host that answers it with 500 otherwise.
    /// </summary>
    public IDisposable? Watch(EndpointDataSource endpoints)
    {
        try
        {
            TryCreate(endpoints);
            return ChangeToken.OnChange(endpoints.GetChangeToken, () => TryCreate(endpoints));
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
            return null;
        }
    }

    private void TryCreate(EndpointDataSource endpoints)
    {
        routes.Forget();
        try
        {
            Create(endpoints.Endpoints);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
        }
    }

    private void Create(IReadOnlyList<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint is not RouteEndpoint || endpoint.Metadata.GetMetadata<ISuppressMatchingMetadata>()?.SuppressMatching == true)
                continue;
            var route = routes.Of(endpoint);
            if (!route.IsMeasured)
                continue;

            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : UsualMethods)
            {
                var series = route.Series(HttpMethodLabel.Of(method), metrics);
                foreach (var status in statuses)
                {
                    if (metrics.RequestSeries >= _limit)
                        return;
                    series.Requests(status);
                }
            }
        }
    }
}
