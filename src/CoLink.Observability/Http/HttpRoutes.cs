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
    private readonly ConditionalWeakTable<Endpoint, HttpRoute> _routes = [];

    /// <summary>The routes of requests that chose no endpoint.</summary>
    public HttpRoute Unmatched { get; } = new(HttpCatalogue.Unmatched);

    public HttpRoute StaticFile { get; } = new(HttpCatalogue.StaticFile);

    public HttpRoute Of(Endpoint? endpoint)
    {
        if (endpoint is null)
            return Unmatched;
        return _routes.TryGetValue(endpoint, out var route) ? route : _routes.GetValue(endpoint, Read);
    }

    private HttpRoute Read(Endpoint endpoint)
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
        };
    }

    /// <summary>A hub's own endpoint carries its polling, its events and its sockets; its negotiation answers at once.</summary>
    private static bool IsHub(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HubMetadata>() is not null
        && endpoint.Metadata.GetMetadata<NegotiateMetadata>() is null;
}
