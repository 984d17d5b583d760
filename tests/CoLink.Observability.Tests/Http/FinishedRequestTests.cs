using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace CoLink.Observability.Tests.Http;

public sealed class FinishedRequestTests
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData("", "/hello/world")]
    [InlineData("/base", "/base/hello/world")]
    public async Task It_says_what_was_asked_for_and_answered_and_for_how_long(string pathBase, string path)
    {
        var endpoint = ObservedRequest.Endpoint("/hello/{name}");
        var observed = new ObservedRequest();
        var context = ObservedRequest.Get("/hello/world");
        context.Request.PathBase = pathBase;

        await observed.RunAsync(context, inner =>
        {
            inner.SetEndpoint(endpoint);
            inner.Request.PathBase = "/rewritten";
            inner.Request.Path = "/rewritten";
            inner.Response.StatusCode = StatusCodes.Status418ImATeapot;
            observed.Time.Advance(Quarter);
            return Task.CompletedTask;
        });

        var told = Assert.Single(observed.Told);
        Assert.Equal((HttpMethodLabel.Get, "/hello/{name}", path, 418, 0.25, false), (told.Method, told.Route.Template, told.Path, told.Status, told.Seconds, told.IsUpgraded));
        Assert.Same(endpoint, told.Endpoint);
        Assert.Equal(1, observed.Count("/hello/{name}", 418));
        var duration = observed.Registry.Histogram(HttpCatalogue.Duration).With("GET", "/hello/{name}");
        Assert.Equal((1, 0.25), (duration.Count, duration.Sum));
    }

    [Fact]
    public async Task A_stream_and_an_endpoint_that_is_not_measured_are_told_with_their_length()
    {
        var observed = new ObservedRequest();

        await observed.RunAsync(ObservedRequest.Get("/events"), context => Answer(observed, context, ObservedRequest.Endpoint("/events"), "text/event-stream"));
        await observed.RunAsync(ObservedRequest.Get("/quiet"), context => Answer(observed, context, ObservedRequest.Endpoint("/quiet", new Unmeasured()), "text/plain"));

        Assert.Equal([("/events", 0.25), ("/quiet", 0.25)], observed.Told.Select(told => (told.Route.Template, told.Seconds)));
        Assert.Equal(1, observed.Count("/events"));
        Assert.Null(observed.Count("/quiet"));
    }

    [Fact]
    public async Task It_is_told_where_nothing_is_measured()
    {
        var observed = new ObservedRequest { IsMeasured = false };

        await observed.RunAsync(ObservedRequest.Get("/hello"), context => Answer(observed, context, ObservedRequest.Endpoint("/hello"), "text/plain"));

        Assert.Equal(("/hello", 0.25), observed.Told.Select(told => (told.Route.Template, told.Seconds)).Single());
        Assert.Null(observed.Count("/hello"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_that_escapes_goes_on_and_is_a_500(bool atOnce)
    {
        var observed = new ObservedRequest();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => observed.RunAsync(ObservedRequest.Get("/boom"), async context =>
        {
            context.SetEndpoint(ObservedRequest.Endpoint("/boom"));
            if (!atOnce)
                await Task.Yield();
            throw new InvalidOperationException("boom");
        }));

        Assert.Equal("boom", thrown.Message);
        Assert.Equal(500, Assert.Single(observed.Told).Status);
        Assert.Equal(1, observed.Count("/boom", 500));
    }

    [Fact]
    public async Task An_app_that_throws_before_it_has_a_task_is_a_500_too()
    {
        var observed = new ObservedRequest();

        await Assert.ThrowsAsync<InvalidOperationException>(() => observed.RunAsync(ObservedRequest.Get("/boom"), _ => throw new InvalidOperationException("boom")));

        Assert.Equal(500, Assert.Single(observed.Told).Status);
        Assert.Equal(1, observed.Count(HttpCatalogue.Unmatched, 500));
    }

    [Fact]
    public async Task Who_is_told_and_throws_costs_nothing_but_an_error_of_the_logs()
    {
        var observed = new ObservedRequest { Finished = (in FinishedRequest _) => throw new InvalidOperationException("no disk") };

        await observed.RunAsync(ObservedRequest.Get("/hello"), context => Answer(observed, context, ObservedRequest.Endpoint("/hello"), "text/plain"));

        Assert.Equal(1, observed.Count("/hello"));
        Assert.Equal(1, observed.Errors(Observers.Logging));
        Assert.NotEqual(1, observed.Errors(Observers.Http));
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_answered_and_not_told()
    {
        var observed = new ObservedRequest();
        var context = new DefaultHttpContext(new FeatureCollection());
        var answered = false;

        await observed.RunAsync(context, _ =>
        {
            answered = true;
            return Task.CompletedTask;
        });

        Assert.True(answered);
        Assert.Empty(observed.Told);
        Assert.Equal(1, observed.Errors(Observers.Http));
    }

    [Theory]
    [InlineData(null, "app")]
    [InlineData("echo", "upgrades")]
    public async Task Only_a_request_that_asks_for_an_upgrade_goes_the_way_of_upgrades(string? upgrade, string expected)
    {
        var way = "";
        var observed = new ObservedRequest { Upgrades = _ => Go("upgrades") };
        var context = ObservedRequest.Get("/socket");
        context.Request.Headers.Upgrade = upgrade;

        await observed.RunAsync(context, _ => Go("app"));

        Assert.Equal(expected, way);
        Assert.False(Assert.Single(observed.Told).IsUpgraded);

        Task Go(string where)
        {
            way += where;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task An_upgrade_is_told_as_one_when_it_ends_and_is_not_timed()
    {
        var observed = new ObservedRequest();
        var context = ObservedRequest.Get("/socket");
        context.Request.Headers.Upgrade = "echo";
        context.Features.Set<IHttpUpgradeFeature>(new Upgradable());

        await observed.RunAsync(context, async inner =>
        {
            inner.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
            await inner.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            observed.Time.Advance(Quarter);
        });

        var told = Assert.Single(observed.Told);
        Assert.Equal((101, 0.25, true), (told.Status, told.Seconds, told.IsUpgraded));
        Assert.Equal(1, observed.Count(HttpCatalogue.Unmatched, 101));
    }

    private static Task Answer(ObservedRequest observed, HttpContext context, Endpoint endpoint, string type)
    {
        context.SetEndpoint(endpoint);
        context.Response.ContentType = type;
        observed.Time.Advance(Quarter);
        return Task.CompletedTask;
    }

    private sealed class Unmeasured : IDisableHttpMetricsMetadata;

    private sealed class Upgradable : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => Task.FromResult(Stream.Null);
    }
}
