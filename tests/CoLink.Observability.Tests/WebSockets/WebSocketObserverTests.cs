using System.Net.WebSockets;
using CoLink.Observability.Tests.Http.RouteTable;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>Every way to a socket is counted, and no app behaves otherwise than without us.</summary>
public sealed class WebSocketObserverTests
{
    private static readonly (string, string) Endpoint = ("endpoint", "/ws/{channel}");

    [Fact]
    public async Task A_socket_is_counted_from_its_acceptance_to_its_end()
    {
        await using var app = await ServeAsync(EchoAsync);
        using (var socket = await app.ConnectAsync())
        {
            await EchoThreeAsync(socket);
            var open = await app.ScrapeUntilAsync(s => s.Value(Sent, Endpoint) == 3);
            Assert.Equal(1, open.Value(Active, Endpoint));
            Assert.Equal(3, open.Value(Received, Endpoint));
            Assert.Equal(11, open.All(Disconnections, Endpoint).Count());
            Assert.Equal(0, open.Sum(Disconnections));
            Assert.Equal(0, open.Sum("http_requests_in_progress"));
            await socket.CloseAsync();
        }

        await AssertCountedAsync(app, messages: 3);
    }

    [Fact]
    public async Task Compression_is_negotiated_and_its_messages_are_counted()
    {
        await using var app = await ServeAsync(EchoAsync, accept: new WebSocketAcceptContext { DangerousEnableCompression = true });
        using var socket = await app.ConnectAsync(options: options =>
        {
            options.DangerousDeflateOptions = new WebSocketDeflateOptions();
            options.CollectHttpResponseDetails = true;
        });
        Assert.StartsWith("permessage-deflate", socket.HttpResponseHeaders!["Sec-WebSocket-Extensions"].Single());

        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        await AssertCountedAsync(app, messages: 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Extended_CONNECT_is_counted_like_an_upgrade(bool tls)
    {
        await using var app = await ServeAsync(EchoAsync, tls ? Listeners.Tls : Listeners.H2c);
        using var client = new RouteClient(app);
        using var invoker = new HttpMessageInvoker(client.Handler, disposeHandler: false);
        using var socket = await app.ConnectHttp2Async(invoker);

        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        var scrape = await AssertCountedAsync(app, messages: 3);
        await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("method", "CONNECT"), Endpoint, ("status", "200")) == 1);
        Assert.Equal(0, scrape.Sum("http_requests_in_progress", ("method", "CONNECT")));
    }

    [Fact]
    public async Task A_socket_accepted_without_asking_for_it_is_counted()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.UseWebSockets();
            a.Map("/ws/{channel}", async (HttpContext context) =>
            {
                // No IsWebSocketRequest, no manager: straight from the feature.
                using var socket = await context.Features.GetRequiredFeature<IHttpWebSocketFeature>().AcceptAsync(new WebSocketAcceptContext());
                await EchoAsync(socket, context);
            });
        });
        using var socket = await app.ConnectAsync();

        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        await AssertCountedAsync(app, messages: 3);
    }

    [Fact]
    public async Task A_socket_that_a_middleware_accepts_without_a_route_is_unmatched()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.UseWebSockets();
            a.Use(async (context, next) =>
            {
                if (!context.WebSockets.IsWebSocketRequest)
                {
                    await next(context);
                    return;
                }

                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await EchoAsync(socket, context);
            });
        });
        using var socket = await app.ConnectAsync("/anywhere/17");
        await socket.CloseAsync();

        Assert.Equal("normal", await app.ReasonAsync("unmatched"));
        await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "unmatched"), ("status", "101")) == 1);
    }

    [Theory]
    [InlineData("https://evil.example", "HTTP/1.1 403 Forbidden", 0)]
    [InlineData("https://good.example", "HTTP/1.1 101 Switching Protocols", 1)]
    public async Task The_apps_allowed_origins_decide(string origin, string status, int active)
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.UseWebSockets(new Microsoft.AspNetCore.Builder.WebSocketOptions { AllowedOrigins = { "https://good.example" } });
            a.Map("/ws/{channel}", async (HttpContext context) => await EchoAsync(await context.WebSockets.AcceptWebSocketAsync(), context));
        });

        var (socket, line) = await app.ConnectRawAsync(headers: $"Origin: {origin}\r\n");

        using (socket)
        {
            Assert.Equal(status, line);

            // The client may have its answer before the app has its socket.
            await app.ScrapeUntilAsync(s => s.Sum(Active) == active);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_app_that_does_not_use_websockets_refuses_them_as_before(bool observe)
    {
        await using var app = await RunningApp.StartAsync(
            a => a.Map("/ws/{channel}", (HttpContext context) => context.WebSockets.IsWebSocketRequest ? Results.Ok() : Results.BadRequest()), observe: observe);

        var (socket, line) = await app.ConnectRawAsync();

        using (socket)
            Assert.Equal("HTTP/1.1 400 Bad Request", line);
        if (observe)
            Assert.Empty((await app.ScrapeAsync()).All(Active));
    }

    [Fact]
    public async Task An_ordinary_request_keeps_its_features()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/plain", (HttpContext context) =>
            $"{context.Features.GetType().Assembly.GetName().Name} {context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().GetType().Assembly.GetName().Name}"));

        Assert.Equal("Microsoft.AspNetCore.Server.Kestrel.Core Microsoft.AspNetCore.Server.Kestrel.Core", await app.Client.GetStringAsync("/plain"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_app_sees_of_a_request_is_the_same(bool observe)
    {
        string? seen = null;
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                a.UseWebSockets();
                a.Use(async (context, next) =>
                {
                    context.Items["before"] = 1;
                    var services = context.RequestServices;
                    await next(context);
                    seen += ReferenceEquals(services, context.RequestServices) ? " same services" : " other services";
                });
                a.Map("/ws/{channel}", async (HttpContext context, string channel) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync("b");
                    seen = $"{channel} {context.Request.QueryString} {context.Items["before"]} {socket.SubProtocol} {string.Join(',', context.WebSockets.WebSocketRequestedProtocols)}";
                    await EchoAsync(socket, context);
                    seen += $" {socket.CloseStatus} {socket.CloseStatusDescription} {socket.State}";
                });
            },
            observe: observe);
        using var socket = await app.ConnectAsync("/ws/7?x=1", options =>
        {
            options.AddSubProtocol("a");
            options.AddSubProtocol("b");
        });
        await socket.CloseAsync((WebSocketCloseStatus)4001, "bye", Bound());

        await Eventually.IsTrue(() => seen?.EndsWith("services", StringComparison.Ordinal) == true);
        Assert.Equal("b", socket.SubProtocol);
        Assert.Equal(4001, (int?)socket.CloseStatus);
        Assert.Equal("7 ?x=1 1 b a,b 4001 bye Closed same services", seen);
    }

    [Fact]
    public async Task Without_the_HTTP_family_sockets_are_still_counted()
    {
        await using var app = await ServeAsync(EchoAsync, options: o => o.Http.Enabled = false);
        using var socket = await app.ConnectAsync();
        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        var scrape = await AssertCountedAsync(app, messages: 3);
        Assert.Empty(scrape.All("http_requests_total"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_excluded_path_is_not_counted(bool http)
    {
        await using var app = await ServeAsync(EchoAsync, options: o =>
        {
            o.Http.Enabled = http;
            o.ExcludedPaths = ["/ws*"];
        });
        using var socket = await app.ConnectAsync();
        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        Assert.Empty((await app.ScrapeAsync()).All(Active));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switched_off_it_wraps_nothing(bool http)
    {
        var seen = "";
        await using var app = await ServeAsync(
            (socket, context) =>
            {
                seen = $"{socket.GetType().Name} {context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().GetType().Namespace}";
                return EchoAsync(socket, context);
            },
            options: o => (o.WebSockets.Enabled, o.Http.Enabled) = (false, http));
        using var socket = await app.ConnectAsync();
        await socket.CloseAsync();

        Assert.StartsWith("ManagedWebSocket Microsoft.AspNetCore.Server.Kestrel", seen);
        Assert.DoesNotContain("websocket_", (await app.ScrapeAsync()).Text);
    }

    [Fact]
    public async Task A_socket_of_the_test_server_is_counted()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability();
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Map("/ws/{channel}", async (HttpContext context) =>
        {
            using var accepted = await context.WebSockets.AcceptWebSocketAsync();
            await EchoAsync(accepted, context);
        });
        await app.StartAsync();
        var server = app.GetTestServer();
        using var client = server.CreateClient();

        using var socket = await server.CreateWebSocketClient().ConnectAsync(new Uri("ws://localhost/ws/1"), Bound());
        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        var scrape = await Scrape.AfterAsync(client, s => s.Sum(Duration) == 1);
        Assert.Equal(1, scrape.Value(Disconnections, Endpoint, ("reason", "normal")));
        Assert.Equal(3, scrape.Value(Sent, Endpoint));
        Assert.Equal(3, scrape.Value(Received, Endpoint));
        Assert.Equal(0, scrape.Value(Active, Endpoint));
    }

    [Fact]
    public async Task Two_hosts_count_their_own_sockets()
    {
        await using var one = await ServeAsync(EchoAsync);
        await using var other = await ServeAsync(EchoAsync);
        using var socket = await one.ConnectAsync();
        using var second = await other.ConnectAsync();
        await EchoThreeAsync(socket);
        await socket.CloseAsync();

        await AssertCountedAsync(one, messages: 3);
        var scrape = await other.ScrapeUntilAsync(s => s.Value(Active, Endpoint) == 1);
        Assert.Equal(0, scrape.Sum(Received));
        Assert.Equal(0, scrape.Sum(Disconnections));
    }

    private static async Task EchoThreeAsync(WebSocket socket)
    {
        foreach (var text in (string[])["one", "two", "three"])
        {
            await socket.SendTextAsync(text);
            Assert.Equal(text, await socket.ReceiveTextAsync());
        }
    }

    private static async Task<Scrape> AssertCountedAsync(RunningApp app, int messages)
    {
        var scrape = await app.ScrapeAfterAsync(s => s.Sum(Duration) == 1);
        Assert.Equal(1, scrape.Value(Disconnections, Endpoint, ("reason", "normal")));
        Assert.Equal(0, scrape.Value(Active, Endpoint));
        Assert.Equal(messages, scrape.Value(Sent, Endpoint));
        Assert.Equal(messages, scrape.Value(Received, Endpoint));
        Assert.Equal(1, scrape.Value(Duration, Endpoint));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        return scrape;
    }
}
