using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;

namespace CoLink.Observability.Http;

/// <summary>Finds what an endpoint is to the metrics, once an endpoint; an endpoint that is replaced takes its entry along.</summary>
internal sealed class HttpRoutes
{
    /// <summary>A power of two; a service with more routes in use than this finds some of them in the table behind.</summary>
    private const int Recents = 256;

    private readonly ConditionalWeakTable<Endpoint, Known> _known = [];
    private readonly Known?[] _recent = new Known?[Recents];

    /// <summary>Is told of each endpoint with its first request. Null: nobody.</summary>
    public Action<Endpoint>? Seen { private get; set; }

    /// <summary>The routes of requests that chose no endpoint.</summary>
    public HttpRoute Unmatched { get; } = new(HttpCatalogue.Unmatched);

    public HttpRoute StaticFile { get; } = new(HttpCatalogue.StaticFile);

    public HttpRoute Of(Endpoint? endpoint)
    {
        if (endpoint is null)
            return Unmatched;

        // The table is weak and costs more than the rest of the look-up; what was used last stands in front of it.
        ref var recent = ref _recent[RuntimeHelpers.GetHashCode(endpoint) & (Recents - 1)];
        if (recent is { } known && ReferenceEquals(known.Endpoint, endpoint))
            return known.Route;
        return (recent = _known.GetValue(endpoint, Know)).Route;
    }

    /// <summary>Endpoints were replaced: nothing here may keep the old ones alive.</summary>
    public void Forget() => Array.Clear(_recent);

    /// <summary>The same without remembering it, for an endpoint that no request will choose.</summary>
    public HttpRoute Read(Endpoint endpoint)
    {
        var isMeasured = endpoint.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is null;

        // An endpoint without a route is how routing says no: 405, 415, a host that does not match.
        if (endpoint is not RouteEndpoint route)
            return isMeasured ? Unmatched : new HttpRoute(HttpCatalogue.Unmatched) { IsMeasured = false };
        if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            return isMeasured ? StaticFile : new HttpRoute(HttpCatalogue.StaticFile) { IsMeasured = false };

        var call = GrpcCall.Of(endpoint);
        return new HttpRoute(RouteTemplate.Of(route.RoutePattern))
        {
            IsMeasured = isMeasured,
            IsStream = call == GrpcCallKind.Stream || IsHub(endpoint),
            IsUnaryCall = call == GrpcCallKind.Unary,
            MayStream = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(produced => produced.ContentTypes.Any(ResponseKind.IsOfEvents)),
        };
    }

    private Known Know(Endpoint endpoint)
    {
        Seen?.Invoke(endpoint);
        return new Known(endpoint, Read(endpoint));
    }

    /// <summary>A hub's own endpoint carries its polling, its events and its sockets; its negotiation answers at once.</summary>
    private static bool IsHub(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HubMetadata>() is not null
        && endpoint.Metadata.GetMetadata<NegotiateMetadata>() is null;

    private sealed record Known(Endpoint Endpoint, HttpRoute Route);
}
