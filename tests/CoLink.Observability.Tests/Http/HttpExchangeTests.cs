using System.Collections.Concurrent;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Http;

/// <summary>The exchange stands in as the endpoint feature of a request; nobody may notice.</summary>
public sealed class HttpExchangeTests
{
    [Fact]
    public async Task Requests_in_flight_never_share_an_exchange()
    {
        const int Requests = 2_000;
        await using var app = await RunningApp.StartAsync(a =>
        {
            for (var i = 0; i < 20; i++)
            {
                var name = $"/route{i}/{{value}}";
                a.MapGet(name, async (HttpContext context, string value) =>
                {
                    for (var turn = 0; turn < 5; turn++)
                    {
                        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText != name || (string?)context.GetRouteValue("value") != value)
                            return Results.StatusCode(418);
                        await Task.Yield();
                    }

                    return Results.Ok();
                });
            }
        });

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancellation) =>
        {
            using var response = await app.Client.GetAsync($"/route{i % 20}/{i}", cancellation);
            response.EnsureSuccessStatusCode();
        });

        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total", ("status", "200")) == Requests);
        for (var i = 0; i < 20; i++)
            Assert.Equal(Requests / 20, scrape.Value("http_requests_total", ("endpoint", $"/route{i}/{{value}}"), ("status", "200")));
    }

    [Theory]
    [InlineData("/hello", "/hello")]
    [InlineData("/boom", "/error")]
    [InlineData("/missing", "/status")]
    [InlineData("/nowhere", "/status")]
    public async Task What_reads_the_endpoint_after_the_pipeline_reads_the_final_one(string path, string final)
    {
        var seen = new Seen();
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                a.UseExceptionHandler("/error");
                a.UseStatusCodePagesWithReExecute("/status");
                a.UseRouting();
                a.Use((context, next) =>
                {
                    context.Response.OnCompleted(() => seen.Add("completed", context.GetEndpoint()));
                    return next(context);
                });
                a.MapGet("/hello", () => "hello");
                a.MapGet("/boom", IResult () => throw new InvalidOperationException());
                a.MapGet("/missing", () => Results.NotFound());
                a.MapGet("/error", () => "sorry");
                a.MapGet("/status", () => "nothing here");
            },
            builder => builder.Services.AddSingleton<IHttpContextFactory>(services => new WatchingFactory(new DefaultHttpContextFactory(services), seen)));

        using var response = await app.Client.GetAsync(path);
        await app.ScrapeUntilAsync(_ => seen.Has("disposed"));

        Assert.Equal(final, seen["completed"]);
        Assert.Equal(final, seen["disposed"]);
        Assert.False(seen.IsOurs);
    }

    [Fact]
    public async Task An_endpoint_feature_of_the_apps_own_stays_and_names_the_endpoint()
    {
        var seen = new Seen();
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                a.Use((context, next) =>
                {
                    context.Features.Set<IEndpointFeature>(new OwnFeature());
                    return next(context);
                });
                a.UseRouting();
                a.MapGet("/hello", (HttpContext context) => $"{context.Features.Get<IEndpointFeature>() is OwnFeature}");
            },
            builder => builder.Services.AddSingleton<IHttpContextFactory>(services => new WatchingFactory(new DefaultHttpContextFactory(services), seen)));

        Assert.Equal("True", await app.Client.GetStringAsync("/hello"));
        await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/hello"), ("status", "200")) == 1 && seen.Has("disposed"));
        Assert.Equal("/hello", seen["disposed"]);
    }

    [Fact]
    public async Task An_endpoint_chosen_before_us_is_the_first_one()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.Run(context => context.Response.WriteAsync("done")),
            builder => builder.Services.AddSingleton<IHttpContextFactory>(services => new ChoosingFactory(new DefaultHttpContextFactory(services))));

        await app.Client.GetStringAsync("/anything");

        await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/chosen"), ("status", "200")) == 1);
    }

    private sealed class OwnFeature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }

    private sealed class Seen
    {
        private readonly ConcurrentDictionary<string, string?> _endpoints = new();

        public bool IsOurs { get; set; }

        public string? this[string when] => _endpoints[when];

        public bool Has(string when) => _endpoints.ContainsKey(when);

        public Task Add(string when, Endpoint? endpoint)
        {
            _endpoints.TryAdd(when, (endpoint as RouteEndpoint)?.RoutePattern.RawText);
            return Task.CompletedTask;
        }
    }

    private sealed class WatchingFactory(IHttpContextFactory inner, Seen seen) : IHttpContextFactory
    {
        public HttpContext Create(IFeatureCollection featureCollection) => inner.Create(featureCollection);

        public void Dispose(HttpContext httpContext)
        {
            if (httpContext.Request.Path != "/metrics")
            {
                seen.IsOurs |= httpContext.Features.Get<IEndpointFeature>() is CoLink.Observability.Http.HttpExchange;
                seen.Add("disposed", httpContext.GetEndpoint());
            }

            inner.Dispose(httpContext);
        }
    }

    private sealed class ChoosingFactory(IHttpContextFactory inner) : IHttpContextFactory
    {
        private static readonly Endpoint Chosen =
            new RouteEndpoint(_ => Task.CompletedTask, Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/chosen"), 0, null, null);

        public HttpContext Create(IFeatureCollection featureCollection)
        {
            var context = inner.Create(featureCollection);
            context.SetEndpoint(Chosen);
            return context;
        }

        public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
    }
}
