using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpObserverAllocationTests
{
    private const int Requests = 10_000;

    /// <summary>A thread that moves to another processor finds no spare exchange there once, so a few may be made, whatever the number of requests.</summary>
    private const int FewExchanges = 4_096;

    private static readonly Endpoint Endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/hello/{name}"), 0, null, null);

    [Fact]
    public void A_request_that_completes_synchronously_allocates_nothing()
    {
        static Task Pipeline(HttpContext context)
        {
            context.SetEndpoint(Endpoint);
            return Task.CompletedTask;
        }

        Assert.InRange(Allocated(Observe(Pipeline), Request()), 0, FewExchanges);
    }

    [Fact]
    public void A_request_that_no_route_takes_allocates_nothing() =>
        Assert.InRange(Allocated(Observe(_ => Task.CompletedTask), Request()), 0, FewExchanges);

    [Fact]
    public void A_request_that_completes_later_allocates_one_frame()
    {
        var later = new TaskCompletionSource();
        var observed = Observe(_ => later.Task);

        // The completed task is handed on by the same thread, so that its allocations are counted.
        Task Request(HttpContext context)
        {
            later = new TaskCompletionSource();
            var request = observed(context);
            later.SetResult();
            return request;
        }

        Task Bare(HttpContext context)
        {
            later = new TaskCompletionSource();
            later.SetResult();
            return later.Task;
        }

        var each = (Allocated(Request, HttpObserverAllocationTests.Request()) - Allocated(Bare, HttpObserverAllocationTests.Request())) / Requests;
        Assert.InRange(each, 1, 200);
    }

    private static RequestDelegate Observe(RequestDelegate next)
    {
        var registry = new MetricRegistry(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);
        return new HttpObserver(next, next, new HttpMetrics(registry), new HttpRoutes(), new ExcludedPaths(["/metrics", "/health*"]), registry, TimeProvider.System).InvokeAsync;
    }

    private static DefaultHttpContext Request()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/hello/world";

        // As Kestrel does, which brings the feature along.
        context.Features.Set<IEndpointFeature>(new Feature());
        return context;
    }

    private static long Allocated(RequestDelegate pipeline, HttpContext context)
    {
        for (var i = 0; i < 100; i++)
            Run(pipeline, context);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i++)
            Run(pipeline, context);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Run(RequestDelegate pipeline, HttpContext context)
    {
        context.SetEndpoint(null);
        Assert.True(pipeline(context).IsCompletedSuccessfully);
    }

    private sealed class Feature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
