using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>Requests that become connections or last as long as their reader, and the versions of HTTP.</summary>
internal static class ConnectionCases
{
    public static IEnumerable<RouteCase> All =>
    [
        new("WebSocket", "GET /ws/1, upgrade", Echo, client => client.WebSocketAsync("/ws/1")),
        new("WebSocket, refused by the endpoint", "GET /no-ws, upgrade", Echo, client => client.WebSocketAsync("/no-ws")),
        new("WebSocket to no endpoint", "GET /nowhere, upgrade", Echo, client => client.WebSocketAsync("/nowhere")),
        new("WebSocket by extended CONNECT, HTTP/2 over TLS", "CONNECT /ws/1", Echo, client => client.WebSocketAsync("/ws/1", http2: true)) { Builder = Listeners.Tls },
        new("WebSocket by extended CONNECT, h2c", "CONNECT /ws/1", Echo, client => client.WebSocketAsync("/ws/1", http2: true)) { Builder = Listeners.H2c },
        new("WebSocket by extended CONNECT, refused by the endpoint", "CONNECT /no-ws", Echo, client => client.WebSocketAsync("/no-ws", http2: true)) { Builder = Listeners.H2c },
        new("upgrade to another protocol", "GET /raw, upgrade", Raw, client => client.RawAsync("GET /raw HTTP/1.1", "Connection: Upgrade\r\nUpgrade: echo\r\n")),
        new("upgrade that the app throws out of", "GET /raw-throws, upgrade", Raw, client => client.RawAsync("GET /raw-throws HTTP/1.1", "Connection: Upgrade\r\nUpgrade: echo\r\n")) { FailsAfterUpgrade = true },
        new("upgrade asked for and ignored", "GET /plain, upgrade", Raw, client => client.RawAsync("GET /plain HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n")),
        RouteCase.Get("streaming response", "/stream", Streams),
        RouteCase.Get("server-sent events", "/events", Streams),
        RouteCase.Get("server-sent events by hand", "/events-by-hand", Streams),
        new("server-sent events, client goes away", "GET /endless", Streams, client => client.AbortAsync("/endless")),
        RouteCase.Get("HTTP/1.1", "/hello/world", Hello),
        new("HTTP/2 over TLS", "GET /hello/world", Hello, client => client.SendHttp2Async("/hello/world")) { Builder = Listeners.Tls },
        new("HTTP/2 without TLS (h2c)", "GET /hello/world", Hello, client => client.SendHttp2Async("/hello/world")) { Builder = Listeners.H2c },
        new("HTTP/1.0", "GET /hello/world", Hello, client => client.RawAsync("GET /hello/world HTTP/1.0")),
    ];

    private static void Hello(WebApplication app) => app.MapGet("/hello/{name}", (string name) => name);

    private static void Echo(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/ws/{channel}", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { CloseStatus: null } received)
                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
            await socket.CloseAsync(socket.CloseStatus!.Value, null, context.RequestAborted);
        });
        app.Map("/no-ws", () => Results.StatusCode(403));
    }

    private static void Raw(WebApplication app)
    {
        app.MapGet("/raw", Upgrade);
        app.MapGet("/raw-throws", async (HttpContext context) =>
        {
            await Upgrade(context);
            throw new InvalidOperationException("after the upgrade");
        });
        app.MapGet("/plain", () => "plain");

        static async Task Upgrade(HttpContext context)
        {
            await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await stream.WriteAsync("bye"u8.ToArray());
        }
    }

    private static void Streams(WebApplication app)
    {
        app.MapGet("/stream", async (HttpContext context) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"{i}\n");
                await context.Response.Body.FlushAsync();
            }
        });
        app.MapGet("/events", () => TypedResults.ServerSentEvents(Three()));
        app.MapGet("/events-by-hand", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            await context.Response.WriteAsync("data: 1\n\n");
        });
        app.MapGet("/endless", async (HttpContext context, Signal signal) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            signal.Enter();
            await Task.Delay(RouteClient.Bound, context.RequestAborted);
        });
    }

    private static async IAsyncEnumerable<string> Three()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return $"{i}";
        }
    }
}
