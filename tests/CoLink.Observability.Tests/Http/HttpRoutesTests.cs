using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;

namespace CoLink.Observability.Tests.Http;

/// <summary>What an endpoint is to the metrics, read off its metadata.</summary>
public sealed class HttpRoutesTests
{
    private readonly HttpRoutes _routes = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_endpoint_without_a_route_is_unmatched(bool isMeasured)
    {
        var route = _routes.Of(new Endpoint(null, new EndpointMetadataCollection(With(isMeasured)), "405"));

        Assert.Equal((HttpCatalogue.Unmatched, isMeasured, !isMeasured), (route.Template, route.IsMeasured, route.IsOpenEnded));
        Assert.True(_routes.Unmatched.IsMeasured);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_static_asset_is_a_static_file(bool isMeasured)
    {
        var asset = new StaticAssetDescriptor { Route = "site.css", AssetPath = "site.css", Selectors = [], Properties = [], ResponseHeaders = [] };

        var route = _routes.Of(ObservedRequest.Endpoint("site.css", [asset, .. With(isMeasured)]));

        Assert.Equal((HttpCatalogue.StaticFile, isMeasured), (route.Template, route.IsMeasured));
        Assert.True(_routes.StaticFile.IsMeasured);
    }

    [Theory]
    [InlineData(MethodType.Unary, false)]
    [InlineData(MethodType.ServerStreaming, true)]
    [InlineData(MethodType.ClientStreaming, true)]
    [InlineData(MethodType.DuplexStreaming, true)]
    public void A_grpc_method_is_a_stream_unless_it_answers_once(MethodType type, bool isStream)
    {
        var marshaller = Marshallers.Create<string>(_ => [], _ => "");
        var method = new Method<string, string>(type, "service", "method", marshaller, marshaller);

        var route = _routes.Of(ObservedRequest.Endpoint("/service/method", new GrpcMethodMetadata(typeof(HttpRoutesTests), method)));

        Assert.Equal((isStream, !isStream, isStream), (route.IsStream, route.IsUnaryCall, route.IsOpenEnded));
    }

    [Fact]
    public void A_hub_is_a_stream_and_its_negotiation_is_not()
    {
        Assert.True(_routes.Of(ObservedRequest.Endpoint("/hub", new HubMetadata(typeof(Hub)))).IsStream);
        Assert.False(_routes.Of(ObservedRequest.Endpoint("/hub/negotiate", new HubMetadata(typeof(Hub)), new NegotiateMetadata())).IsStream);
        Assert.False(_routes.Of(ObservedRequest.Endpoint("/negotiate", new NegotiateMetadata())).IsStream);
    }

    [Theory]
    [InlineData(true, "text/event-stream")]
    [InlineData(true, "application/json", "text/event-stream; charset=utf-8")]
    [InlineData(false, "application/json")]
    [InlineData(false)]
    public void An_endpoint_that_says_that_it_streams_events_may_last(bool mayStream, params string[] types)
    {
        var declared = ObservedRequest.Endpoint("/events", new ProducesResponseTypeMetadata(200, typeof(string), ["text/plain"]), new ProducesResponseTypeMetadata(200, typeof(string), types));

        var route = _routes.Of(declared);

        Assert.Equal((mayStream, false, mayStream), (route.MayStream, route.IsStream, route.IsOpenEnded));
    }

    [Fact]
    public void Who_asks_is_told_of_an_endpoint_with_its_first_request_and_not_when_it_is_only_read()
    {
        var seen = new List<Endpoint>();
        _routes.Seen = seen.Add;
        var endpoint = ObservedRequest.Endpoint("/hello");

        _routes.Read(endpoint);
        Assert.Empty(seen);

        Assert.Same(_routes.Of(endpoint), _routes.Of(endpoint));
        Assert.Same(endpoint, Assert.Single(seen));
        Assert.Same(_routes.Unmatched, _routes.Of(null));
    }

    private static object[] With(bool isMeasured) => isMeasured ? [] : [new Unmeasured()];

    private sealed class Unmeasured : IDisableHttpMetricsMetadata;
}
