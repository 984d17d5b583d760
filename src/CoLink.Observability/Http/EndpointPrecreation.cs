using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace CoLink.Observability.Http;

/// <summary>
/// Creates the error counters of every route at 0 once the routes are known, and again when they change: <c>rate</c> cannot see
/// the step from an absent series to 1, so the first error of a route would be no error.
/// </summary>
/// <remarks>A minimal API makes endpoints of its own for this reader, which no request ever chooses: nothing is remembered of what is read here.</remarks>
internal sealed class EndpointPrecreation(
    HttpMetrics? metrics, HttpRoutes routes, ExcludedPaths excluded, MetricRegistry registry, IReadOnlyList<int> statuses, ILogger<EndpointPrecreation> logger)
{
    /// <summary>What routes without a list of methods answer, such as pages and conventional controllers.</summary>
    private static readonly string[] UsualMethods = [HttpMethods.Get, HttpMethods.Post];

    /// <summary>The other half of the cap is for what really happens.</summary>
    private readonly int _limit = registry.LimitOf(HttpCatalogue.Requests) / 2;

    private int _said;

    /// <summary>Who else is told of the routes. Null: nobody.</summary>
    public Action<IReadOnlyList<Endpoint>>? Read { private get; init; }

    /// <summary>
    /// Creates them now and at each change, until disposed. An endpoint that cannot be built throws where it is first asked for: that
    /// must not be here, where it would stop a host that answers it with 500 otherwise.
    /// </summary>
    public IDisposable? Watch(EndpointDataSource endpoints)
    {
        try
        {
            // First, so that a change while the routes are read is not lost.
            var watching = ChangeToken.OnChange(endpoints.GetChangeToken, () => Changed(endpoints));
            TryCreate(endpoints);
            return watching;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
            return null;
        }
    }

    private void Changed(EndpointDataSource endpoints)
    {
        routes.Forget();
        TryCreate(endpoints);
    }

    private void TryCreate(EndpointDataSource endpoints)
    {
        var creates = metrics is not null && statuses.Count > 0;
        if (!creates && Read is null)
            return;
        try
        {
            var all = endpoints.Endpoints;
            Read?.Invoke(all);
            if (creates)
                Create(all);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
        }
    }

    private void Create(IReadOnlyList<Endpoint> endpoints)
    {
        var without = new HashSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
        {
            if (endpoint is not RouteEndpoint || endpoint.Metadata.GetMetadata<ISuppressMatchingMetadata>()?.SuppressMatching == true)
                continue;
            var route = routes.Read(endpoint);
            if (!route.IsMeasured || excluded.Contains(route.Template))
                continue;

            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : UsualMethods)
            {
                foreach (var status in statuses)
                {
                    if (!metrics!.TryCreate(HttpMethodLabel.Of(method), route.Template, status, _limit))
                        without.Add(route.Template);
                }
            }
        }

        if (without.Count > 0 && Interlocked.Exchange(ref _said, 1) == 0)
            Log.RoutesWithoutCounters(logger, without.Count, HttpCatalogue.Requests.Name, _limit);
    }
}
