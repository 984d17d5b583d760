using System.Collections;
using System.Net;
using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Http.RouteTable;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Http;

public sealed class UpgradeWatchTests
{
    private readonly MetricRegistry _registry = new(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upgrade_that_comes_after_its_request_touches_no_other_request(bool onOneConnection)
    {
        var connection = onOneConnection ? new Connection() : null;
        var late = default(IHttpUpgradeFeature);
        var answer = new TaskCompletionSource();
        var observer = Observe(context =>
        {
            late ??= context.Features.Get<IHttpUpgradeFeature>();
            return context.Request.Path == "/first" ? Task.CompletedTask : answer.Task;
        });

        await observer(On(connection, Request("/first", upgrade: true)));
        var second = observer(On(connection, Request("/second")));
        Assert.Equal(1, InProgress);

        await late!.UpgradeAsync();
        Assert.Equal(1, InProgress);

        answer.SetResult();
        await second;
        Assert.Equal(0, InProgress);
    }

    [Fact]
    public async Task An_upgraded_request_leaves_the_gauge_once_however_often_it_asks()
    {
        var observer = Observe(async context =>
        {
            Assert.Equal(1, InProgress);
            await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            Assert.Equal(0, InProgress);
            await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        });

        await observer(Request("/socket", upgrade: true));

        Assert.Equal(0, InProgress);
    }

    [Fact]
    public async Task The_features_of_an_upgrade_are_the_servers_again_when_the_request_is_over()
    {
        var context = Request("/socket", upgrade: true);
        var own = context.Features.Get<IHttpUpgradeFeature>();

        await Observe(inner =>
        {
            Assert.NotSame(own, inner.Features.Get<IHttpUpgradeFeature>());
            return Task.CompletedTask;
        })(context);

        Assert.Same(own, context.Features.Get<IHttpUpgradeFeature>());
    }

    [Fact]
    public void All_features_of_an_upgrade_are_wrapped_and_all_are_the_servers_again()
    {
        var features = new FeatureCollection();
        var (upgrade, connect, socket) = (new Server(), new ServerConnect(), new ServerSocket());
        features.Set<IHttpUpgradeFeature>(upgrade);
        features.Set<IHttpExtendedConnectFeature>(connect);
        features.Set<IHttpWebSocketFeature>(socket);

        var wrapped = UpgradeWatch.Wrap(features, () => { });
        Assert.NotSame(upgrade, features.Get<IHttpUpgradeFeature>());
        Assert.NotSame(connect, features.Get<IHttpExtendedConnectFeature>());
        Assert.NotSame(socket, features.Get<IHttpWebSocketFeature>());

        wrapped.Restore();
        Assert.Same(upgrade, features.Get<IHttpUpgradeFeature>());
        Assert.Same(connect, features.Get<IHttpExtendedConnectFeature>());
        Assert.Same(socket, features.Get<IHttpWebSocketFeature>());
    }

    [Fact]
    public void Features_that_the_app_put_in_place_of_ours_stay()
    {
        var features = new FeatureCollection();
        features.Set<IHttpExtendedConnectFeature>(new ServerConnect());
        features.Set<IHttpWebSocketFeature>(new ServerSocket());
        var wrapped = UpgradeWatch.Wrap(features, () => { });
        var (connect, socket) = (new ServerConnect(), new ServerSocket());
        features.Set<IHttpExtendedConnectFeature>(connect);
        features.Set<IHttpWebSocketFeature>(socket);

        wrapped.Restore();

        Assert.Same(connect, features.Get<IHttpExtendedConnectFeature>());
        Assert.Same(socket, features.Get<IHttpWebSocketFeature>());
    }

    [Fact]
    public void Where_one_feature_cannot_be_wrapped_none_is()
    {
        var features = new ThrowingFeatures();
        var upgrade = new Server();
        features.Set<IHttpUpgradeFeature>(upgrade);
        features.Set<IHttpWebSocketFeature>(new ServerSocket());
        features.ThrowsOf = typeof(IHttpWebSocketFeature);
        features.Throws = nameof(IFeatureCollection.Set);

        Assert.Throws<InvalidOperationException>(() => UpgradeWatch.Wrap(features, () => { }));

        Assert.Same(upgrade, features.Get<IHttpUpgradeFeature>());
    }

    [Fact]
    public async Task A_request_that_does_not_ask_for_an_upgrade_keeps_the_servers_features()
    {
        var context = Request("/plain");
        var own = context.Features.Get<IHttpUpgradeFeature>();

        await Observe(inner =>
        {
            Assert.Same(own, inner.Features.Get<IHttpUpgradeFeature>());
            return Task.CompletedTask;
        })(context);
    }

    [Theory]
    [InlineData(nameof(IFeatureCollection.Get))]
    [InlineData(nameof(IFeatureCollection.Set))]
    [InlineData(nameof(UpgradeWatch.Unwrapping.Restore))]
    public async Task Features_that_throw_cost_the_watching_and_not_the_answer(string when)
    {
        var features = new ThrowingFeatures();
        var context = Request("/socket", upgrade: true, features);
        var own = context.Features.Get<IHttpUpgradeFeature>();
        var answered = false;
        features.Throws = when;

        await Observe(inner =>
        {
            Assert.Equal(1, InProgress);
            answered = true;
            if (when != nameof(UpgradeWatch.Unwrapping.Restore))
                features.Throws = null;
            else
                features.Throws = nameof(IFeatureCollection.Get);
            return Task.CompletedTask;
        })(context);

        Assert.True(answered);
        Assert.Equal(0, InProgress);
        Assert.Equal(1, _registry.Counter(SelfCatalogue.ObserverErrors).Read([Observers.Http]));
        features.Throws = null;
        if (when != nameof(UpgradeWatch.Unwrapping.Restore))
            Assert.Same(own, context.Features.Get<IHttpUpgradeFeature>());
    }

    [Fact]
    public async Task An_open_websocket_over_http2_is_not_in_progress()
    {
        await using var app = await RunningApp.StartAsync(MapSocket, Listeners.H2c);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri, invoker, CancellationToken.None);

        var open = await app.ScrapeUntilAsync(s => s.Sum("http_requests_in_progress") == 0);
        Assert.Equal(0, open.Sum("http_requests_total"));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        var closed = await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("method", "CONNECT"), ("endpoint", "/ws"), ("status", "200")) == 1);
        Assert.Equal(0, closed.Sum("http_requests_in_progress"));
        Assert.Equal(0, closed.Sum("http_request_duration_seconds_count"));
    }

    [Fact]
    public async Task A_websocket_of_the_test_server_is_an_upgrade_too()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability();
        await using var app = builder.Build();
        MapSocket(app);
        await app.StartAsync();
        var server = app.GetTestServer();
        using var client = server.CreateClient();

        using (var socket = await server.CreateWebSocketClient().ConnectAsync(new Uri("ws://localhost/ws"), CancellationToken.None))
        {
            var open = await Scrape.UntilAsync(client, s => s.Sum("http_requests_in_progress") == 0);
            Assert.Equal(0, open.Sum("http_requests_total"));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        var closed = await Scrape.UntilAsync(client, s => s.Value("http_requests_total", ("endpoint", "/ws"), ("status", "101")) == 1);
        Assert.Equal(0, closed.Sum("http_requests_in_progress"));
        Assert.Equal(0, closed.Sum("http_request_duration_seconds_count"));
    }

    private double? InProgress
    {
        get
        {
            // The gauge follows at a scrape.
            _registry.WriteAsync(Stream.Null, openMetrics: false, CancellationToken.None).GetAwaiter().GetResult();
            return _registry.Gauge(HttpCatalogue.InProgress).Read(["GET"]);
        }
    }

    private static void MapSocket(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/ws", async (HttpContext context) =>
        {
            using var accepted = await context.WebSockets.AcceptWebSocketAsync();
            await accepted.ReceiveAsync(new byte[16], context.RequestAborted);
            await accepted.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
    }

    private RequestDelegate Observe(RequestDelegate next) =>
        new HttpObserver(next, next, new HttpMetrics(_registry), new HttpRoutes(), new ExcludedPaths([]), _registry, TimeProvider.System).InvokeAsync;

    private static DefaultHttpContext Request(string path, bool upgrade = false, IFeatureCollection? features = null)
    {
        var context = ObservedRequest.Get(path, features);
        context.Features.Set<IHttpUpgradeFeature>(new Server());
        if (upgrade)
            context.Request.Headers.Upgrade = "echo";
        return context;
    }

    /// <summary>Its upgrade cannot be read, or not be set.</summary>
    private sealed class ThrowingFeatures : IFeatureCollection
    {
        private readonly FeatureCollection _inner = new();

        public string? Throws { get; set; }

        public Type ThrowsOf { get; set; } = typeof(IHttpUpgradeFeature);

        public bool IsReadOnly => false;

        public int Revision => _inner.Revision;

        public object? this[Type key]
        {
            get => _inner[key];
            set => _inner[key] = value;
        }

        public TFeature? Get<TFeature>()
        {
            ThrowIf<TFeature>(nameof(Get));
            return _inner.Get<TFeature>();
        }

        public void Set<TFeature>(TFeature? instance)
        {
            ThrowIf<TFeature>(nameof(Set));
            _inner.Set(instance);
        }

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _inner.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void ThrowIf<TFeature>(string what)
        {
            if (Throws == what && typeof(TFeature) == ThrowsOf)
                throw new InvalidOperationException("no features");
        }
    }

    private static HttpContext On(IEndpointFeature? connection, HttpContext context)
    {
        context.Features.Set(connection);
        return context;
    }

    private sealed class Connection : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }

    private sealed class ServerConnect : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string? Protocol => "websocket";

        public ValueTask<Stream> AcceptAsync() => ValueTask.FromResult(Stream.Null);
    }

    private sealed class ServerSocket : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new NotSupportedException();
    }

    private sealed class Server : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => Task.FromResult(Stream.Null);
    }
}
