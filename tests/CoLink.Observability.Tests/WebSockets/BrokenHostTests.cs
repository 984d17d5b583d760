using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>What no ordinary app does, and what fails in us: the host does not feel it.</summary>
public sealed class BrokenHostTests
{
    private readonly MetricRegistry _registry = new(SeriesLimits.Default, NullLogger<MetricRegistry>.Instance);

    [Fact]
    public async Task A_socket_that_is_used_after_its_request_ended_is_ended_once()
    {
        var accepted = default(WebSocket);
        var context = Request();
        await Observe(async inner =>
        {
            accepted = await inner.WebSockets.AcceptWebSocketAsync();
        })(context);
        Assert.Equal(1, Ended("server_abort"));

        await accepted!.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
        await accepted.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        accepted.Dispose();

        Assert.Equal(1, WebSocketCatalogue.Reasons.Sum(Ended));
        Assert.Equal(0, Active);
        Assert.Equal(0, Errors);
    }

    [Fact]
    public async Task A_socket_that_is_accepted_after_its_request_ended_is_left_alone()
    {
        var late = default(IHttpWebSocketFeature);
        await Observe(inner =>
        {
            late = inner.Features.Get<IHttpWebSocketFeature>();
            return Task.CompletedTask;
        })(Request());

        Assert.IsType<StubSocket>(await late!.AcceptAsync(new WebSocketAcceptContext()));
        Assert.Null(Active);
    }

    [Fact]
    public async Task The_features_are_the_servers_again_when_the_request_is_over()
    {
        var context = Request();
        var (features, own, lifetime) = (context.Features, context.Features.Get<IHttpWebSocketFeature>(), context.Features.Get<IHttpRequestLifetimeFeature>());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Observe(inner =>
        {
            Assert.NotSame(own, inner.Features.Get<IHttpWebSocketFeature>());
            Assert.NotSame(features, inner.Features);
            throw new InvalidOperationException();
        })(context));

        Assert.Same(features, context.Features);
        Assert.Same(own, context.Features.Get<IHttpWebSocketFeature>());
        Assert.Same(lifetime, context.Features.Get<IHttpRequestLifetimeFeature>());
    }

    [Fact]
    public async Task A_feature_that_wraps_ours_is_counted_once()
    {
        await Observe(async inner =>
        {
            inner.Features.Set<IHttpWebSocketFeature>(new Accepts(inner.Features.GetRequiredFeature<IHttpWebSocketFeature>().AcceptAsync));
            await inner.WebSockets.AcceptWebSocketAsync();
            Assert.Equal(1, Active);
        })(Request());

        Assert.Equal(1, WebSocketCatalogue.Reasons.Sum(Ended));
    }

    [Fact]
    public async Task A_context_of_another_kind_is_watched_the_lazy_way()
    {
        var context = Request(withSocket: false);
        var upgrade = new Upgrade();
        context.Features.Set<IHttpUpgradeFeature>(upgrade);
        await Observe(async inner =>
        {
            // As the middleware does: sets its feature, which asks whether the request can be upgraded.
            inner.Features.Set<IHttpWebSocketFeature>(new Accepts(NewSocketAsync));
            Assert.True(inner.Features.GetRequiredFeature<IHttpUpgradeFeature>().IsUpgradableRequest);
            Assert.IsType<CountingWebSocket>(await inner.Features.GetRequiredFeature<IHttpWebSocketFeature>().AcceptAsync(new WebSocketAcceptContext()));
        })(new ForeignContext(context));

        Assert.Equal(1, WebSocketCatalogue.Reasons.Sum(Ended));
        Assert.Same(upgrade, context.Features.Get<IHttpUpgradeFeature>());
        Assert.IsType<Accepts>(context.Features.Get<IHttpWebSocketFeature>());
    }

    [Fact]
    public async Task A_failure_of_ours_costs_the_counting_and_not_the_socket()
    {
        var answered = false;
        await new WebSocketObserver(
            async inner =>
            {
                Assert.IsType<StubSocket>(await inner.WebSockets.AcceptWebSocketAsync());
                answered = true;
            },
            new WebSocketMetrics(_registry), routes: null!, _registry, TimeProvider.System, CancellationToken.None).InvokeAsync(Request());

        Assert.True(answered);
        Assert.Equal(1, Errors);
    }

    [Fact]
    public async Task A_socket_that_throws_when_it_is_asked_ends_all_the_same()
    {
        var context = Request(withSocket: false);
        context.Features.Set<IHttpWebSocketFeature>(new Accepts(_ => Task.FromResult<WebSocket>(new StubSocket { IsBroken = true })));

        await Observe(async inner => _ = await inner.WebSockets.AcceptWebSocketAsync())(context);

        Assert.Equal(0, Active);
        Assert.Equal(1, Ended("other"));
        Assert.Equal(1, Errors);
    }

    [Fact]
    public async Task Features_that_throw_cost_the_watching_and_not_the_answer()
    {
        var context = Request();
        context.Features.Set<IHttpRequestLifetimeFeature>(new ThrowingLifetime());
        var answered = false;
        await Observe(_ =>
        {
            answered = true;
            return Task.CompletedTask;
        })(context);

        Assert.True(answered);
        Assert.Equal(1, Errors);
    }

    private RequestDelegate Observe(RequestDelegate next) =>
        new WebSocketObserver(next, new WebSocketMetrics(_registry), new HttpRoutes(), _registry, TimeProvider.System, CancellationToken.None).InvokeAsync;

    private static DefaultHttpContext Request(bool withSocket = true)
    {
        var context = new DefaultHttpContext();
        if (withSocket)
            context.Features.Set<IHttpWebSocketFeature>(new Accepts(NewSocketAsync));
        context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        return context;
    }

    private static Task<WebSocket> NewSocketAsync(WebSocketAcceptContext context) => Task.FromResult<WebSocket>(new StubSocket());

    private double? Active => _registry.Gauge(WebSocketCatalogue.Active).Read(["unmatched"]);

    private double Errors => _registry.Counter(SelfCatalogue.ObserverErrors).Read([Observers.WebSocket]) ?? 0;

    private double Ended(string reason) => _registry.Counter(WebSocketCatalogue.Disconnections).Read(["unmatched", reason]) ?? 0;

    private sealed class Accepts(Func<WebSocketAcceptContext, Task<WebSocket>> accept) : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => accept(context);
    }

    private sealed class Upgrade : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => Task.FromResult(Stream.Null);
    }

    private sealed class ThrowingLifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted
        {
            get => throw new InvalidOperationException("no token");
            set => throw new InvalidOperationException("no token");
        }

        public void Abort()
        {
        }
    }

    /// <summary>What a server with a context factory of its own hands over.</summary>
    private sealed class ForeignContext(DefaultHttpContext inner) : HttpContext
    {
        public override IFeatureCollection Features => inner.Features;

        public override HttpRequest Request => inner.Request;

        public override HttpResponse Response => inner.Response;

        public override ConnectionInfo Connection => inner.Connection;

        public override WebSocketManager WebSockets => inner.WebSockets;

        public override System.Security.Claims.ClaimsPrincipal User { get => inner.User; set => inner.User = value; }

        public override IDictionary<object, object?> Items { get => inner.Items; set => inner.Items = value; }

        public override IServiceProvider RequestServices { get => inner.RequestServices; set => inner.RequestServices = value; }

        public override CancellationToken RequestAborted { get => inner.RequestAborted; set => inner.RequestAborted = value; }

        public override string TraceIdentifier { get => inner.TraceIdentifier; set => inner.TraceIdentifier = value; }

        public override ISession Session { get => inner.Session; set => inner.Session = value; }

        public override void Abort() => inner.Abort();
    }
}
