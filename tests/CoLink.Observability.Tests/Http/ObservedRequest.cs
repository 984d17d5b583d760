using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Http;

/// <summary>One observer on its own, without a server, and all that is said of its requests.</summary>
internal sealed class ObservedRequest
{
    public FakeTimeProvider Time { get; } = new();

    public MetricRegistry Registry { get; } = new(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);

    public List<FinishedRequest> Told { get; } = [];

    /// <summary>Whether the family is measured; a request may be told without it.</summary>
    public bool IsMeasured { get; init; } = true;

    public RequestFinished? Finished { get; init; }

    public RequestDelegate? Upgrades { get; init; }

    public static RouteEndpoint Endpoint(string template, params object[] metadata) =>
        new(_ => Task.CompletedTask, RoutePatternFactory.Parse(template), 0, new EndpointMetadataCollection(metadata), template);

    public static DefaultHttpContext Get(string path, IFeatureCollection? features = null)
    {
        features ??= new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        return new DefaultHttpContext(features) { Request = { Method = "GET", Path = path } };
    }

    public Task RunAsync(HttpContext context, RequestDelegate app) =>
        new HttpObserver(app, app, IsMeasured ? new HttpMetrics(Registry) : null, new HttpRoutes(), new ExcludedPaths([]), Registry, Time)
        {
            Finished = Finished ?? ((in FinishedRequest request) => Told.Add(request)),
            Upgrades = Upgrades,
        }.InvokeAsync(context);

    public double? Count(string endpoint, int status = 200) => Registry.Counter(HttpCatalogue.Requests).Read(["GET", endpoint, $"{status}"]);

    public double? Errors(string observer) => Registry.Counter(SelfCatalogue.ObserverErrors).Read([observer]);
}
