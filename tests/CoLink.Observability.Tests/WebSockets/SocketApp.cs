using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using CoLink.Observability.Tests.Http.RouteTable;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>Apps that accept sockets, and clients of them.</summary>
internal static class SocketApp
{
    public const string Active = "websocket_active_connections";
    public const string Sent = "websocket_messages_sent_total";
    public const string Received = "websocket_messages_received_total";
    public const string Disconnections = "websocket_disconnections_total";

    /// <summary>What a socket that ends tells last.</summary>
    public const string Duration = "websocket_connection_duration_seconds_count";

    private const string Handshake = "HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    public static CancellationToken Bound() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    /// <summary>An app whose route <c>/ws/{channel}</c> hands its socket to a handler.</summary>
    public static Task<RunningApp> ServeAsync(
        Func<WebSocket, HttpContext, Task> handler, Action<WebApplicationBuilder>? builder = null, Action<CoLinkObservabilityOptions>? options = null,
        WebSocketAcceptContext? accept = null) =>
        RunningApp.StartAsync(
            app =>
            {
                app.UseWebSockets();
                app.Map("/ws/{channel}", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync(accept ?? new WebSocketAcceptContext());
                    await handler(socket, context);
                });
            },
            builder, options);

    /// <summary>Sends back what it receives until the client closes, then closes too.</summary>
    public static async Task EchoAsync(WebSocket socket, HttpContext context)
    {
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        await socket.CloseAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    public static async Task<ClientWebSocket> ConnectAsync(this RunningApp app, string path = "/ws/1", Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        options?.Invoke(socket.Options);
        await socket.ConnectAsync(new UriBuilder(new Uri(app.Address, path)) { Scheme = "ws" }.Uri, Bound());
        return socket;
    }

    /// <summary>By extended CONNECT to the address that <see cref="Listeners"/> added.</summary>
    public static async Task<ClientWebSocket> ConnectHttp2Async(this RunningApp app, HttpMessageInvoker invoker, string path = "/ws/1")
    {
        var address = new UriBuilder(new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1)), path));
        address.Scheme = address.Scheme == "https" ? "wss" : "ws";
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(address.Uri, invoker, Bound());
        return socket;
    }

    /// <summary>A connection after its handshake, for what a well-behaved client does not do, and the status line it was answered with.</summary>
    public static async Task<(Socket Socket, string Status)> ConnectRawAsync(this RunningApp app, string path = "/ws/1", string headers = "")
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, Bound());
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} {Handshake}{headers}\r\n"), Bound());
        var answer = new StringBuilder();
        var buffer = new byte[1];
        try
        {
            while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await socket.ReceiveAsync(buffer, Bound()) > 0)
                answer.Append((char)buffer[0]);
        }
        catch (SocketException)
        {
            // An app that aborts at once may be faster than its answer.
        }

        return (socket, answer.ToString().Split("\r\n")[0]);
    }

    public static Task SendTextAsync(this WebSocket socket, string text, bool endOfMessage = true) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage, Bound()).AsTask();

    public static async Task<string> ReceiveTextAsync(this WebSocket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Bound());
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (received.EndOfMessage)
                return text.ToString();
        }
    }

    public static Task CloseAsync(this WebSocket socket, int status = 1000) => socket.CloseAsync((WebSocketCloseStatus)status, null, Bound());

    /// <summary>Waits until one socket of the endpoint has ended, and says for what reason; fails where more than one reason was counted.</summary>
    public static async Task<string> ReasonAsync(this RunningApp app, string endpoint = "/ws/{channel}")
    {
        var scrape = await app.ScrapeAfterAsync(s => s.Sum(Duration, ("endpoint", endpoint)) >= 1);
        Assert.Equal(0, scrape.Sum(Active));
        Assert.Equal(1, scrape.Sum(Disconnections));
        Assert.Equal(1, scrape.Sum(Duration));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        return scrape.All(Disconnections).Single(sample => sample.Value == 1).Labels["reason"];
    }
}
