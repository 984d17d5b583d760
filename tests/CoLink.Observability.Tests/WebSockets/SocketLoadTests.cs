using System.Net.Sockets;
using System.Net.WebSockets;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Http;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

public sealed class SocketLoadTests
{
    private const int AtOnce = 40;

    /// <summary>How a socket ends, and the reason that is counted.</summary>
    private static readonly (string Path, string Reason, Func<RunningApp, string, Task> Client)[] Ways =
    [
        ("/ws/echo", "normal", (app, path) => ClosingAsync(app, path, 1000)),
        ("/ws/echo", "going_away", (app, path) => ClosingAsync(app, path, 1001)),
        ("/ws/echo", "policy", (app, path) => ClosingAsync(app, path, 1008)),
        ("/ws/echo", "protocol_error", BrokenAsync),
        ("/ws/echo", "client_abort", (app, path) => DroppingAsync(app, path, reset: true)),
        ("/ws/echo", "client_abort", (app, path) => DroppingAsync(app, path, reset: false)),
        ("/ws/throw", "server_error", LeftAsync),
        ("/ws/abort", "server_abort", LeftAsync),
        ("/ws/leave", "server_abort", LeftAsync),
        ("/ws/too-big", "too_big", LeftAsync),
    ];

    [Fact]
    public async Task After_2000_sockets_that_ended_in_every_way_none_is_active_and_each_is_counted_once()
    {
        const int Sockets = 2_000;
        await using var app = await ServeAsync(HandleAsync);

        await Parallel.ForAsync(0, Sockets, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var (path, _, client) = Ways[i % Ways.Length];
            await client(app, path);
        });

        var scrape = await app.ScrapeAfterAsync(s => s.Sum(Duration) >= Sockets);
        Assert.Equal(Sockets, scrape.Sum(Disconnections));
        Assert.Equal(Sockets, scrape.Sum(Duration));
        Assert.Equal(0, scrape.Sum(Active));
        Assert.Equal(0, scrape.Sum("http_requests_in_progress", ("method", "CONNECT")));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        Assert.All(Ways.Select(way => way.Reason).Distinct(), reason =>
            Assert.Equal(Sockets / Ways.Length * Ways.Count(way => way.Reason == reason), scrape.Value(Disconnections, ("endpoint", "/ws/{channel}"), ("reason", reason))));
    }

    [Fact]
    public async Task Both_sides_are_exact_where_sockets_send_and_receive_at_once()
    {
        const int Sockets = 10;
        const int Messages = 500;
        await using var app = await ServeAsync(async (socket, _) =>
        {
            var sending = SendAsync(socket, Messages);
            await EchoNothingAsync(socket);
            await sending;
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Bound());
        });

        await Task.WhenAll(Enumerable.Range(0, Sockets).Select(async _ =>
        {
            using var socket = await app.ConnectAsync();
            var sending = SendAsync(socket, Messages);
            for (var i = 0; i < Messages; i++)
                await socket.ReceiveTextAsync();
            await sending;
            await socket.CloseAsync();
        }));

        var scrape = await app.ScrapeAfterAsync(s => s.Sum(Duration) == Sockets);
        Assert.Equal(Sockets, scrape.Sum(Disconnections, ("reason", "normal")));
        Assert.Equal(Sockets * Messages, scrape.Sum(Sent));
        Assert.Equal(Sockets * Messages, scrape.Sum(Received));
        Assert.Equal(0, scrape.Sum(Active));
    }

    [Fact]
    public async Task A_message_of_9000_bytes_in_three_frames_read_in_portions_is_one()
    {
        await using var app = await ServeAsync(EchoNothingAsync);
        using var socket = await app.ConnectAsync();
        for (var i = 0; i < 3; i++)
            await socket.SendTextAsync(new string('x', 3_000), endOfMessage: i == 2);

        var scrape = await app.ScrapeUntilAsync(s => s.Sum(Received) > 0);
        Assert.Equal(1, scrape.Sum(Received));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Zero_byte_receives_and_empty_messages_are_counted_as_the_messages_they_belong_to(bool compressed)
    {
        await using var app = await ServeAsync(
            async (socket, _) =>
            {
                // As SignalR does: waits without a buffer, then reads.
                while (true)
                {
                    var waited = await socket.ReceiveAsync(Memory<byte>.Empty, Bound());
                    if (waited.MessageType != WebSocketMessageType.Close && !waited.EndOfMessage)
                        waited = await socket.ReceiveAsync(new byte[8].AsMemory(), Bound());
                    if (waited.MessageType == WebSocketMessageType.Close)
                        break;
                }

                await socket.CloseAsync(1000);
            },
            accept: new() { DangerousEnableCompression = compressed });
        using var socket = await app.ConnectAsync(options: o => o.DangerousDeflateOptions = compressed ? new() : null);
        foreach (var text in (string[])["one", "", "a text longer than the buffer", "", "two"])
            await socket.SendTextAsync(text);
        await socket.CloseAsync();

        var scrape = await app.ScrapeUntilAsync(s => s.Sum(Disconnections) == 1);
        Assert.Equal(5, scrape.Sum(Received));
    }

    private static async Task HandleAsync(WebSocket socket, HttpContext context)
    {
        switch ((string?)context.Request.RouteValues["channel"])
        {
            case "throw":
                throw new InvalidOperationException("a bug");
            case "abort":
                socket.Abort();
                break;
            case "leave":
                break;
            case "too-big":
                await socket.CloseAsync(1009);
                break;
            default:
                await EchoAsync(socket, context);
                break;
        }
    }

    private static async Task EchoNothingAsync(WebSocket socket, HttpContext? context = null)
    {
        var buffer = new byte[1024];
        while ((await socket.ReceiveAsync(new ArraySegment<byte>(buffer), Bound())).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    private static async Task SendAsync(WebSocket socket, int messages)
    {
        for (var i = 0; i < messages; i++)
            await socket.SendTextAsync("hello");
    }

    private static async Task ClosingAsync(RunningApp app, string path, int status)
    {
        using var socket = await app.ConnectAsync(path);
        await socket.SendTextAsync("hello");
        await socket.ReceiveTextAsync();
        await socket.CloseAsync(status);
    }

    private static async Task BrokenAsync(RunningApp app, string path)
    {
        var (socket, _) = await app.ConnectRawAsync(path);
        using (socket)
        {
            await socket.SendAsync(new byte[] { 0x83, 0x81, 0, 0, 0, 0, 0x41 }, Bound());

            try
            {
                // The server's close frame, and its end.
                while (await socket.ReceiveAsync(new byte[64], Bound()) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // The end, less politely.
            }
        }
    }

    private static async Task DroppingAsync(RunningApp app, string path, bool reset)
    {
        var (socket, _) = await app.ConnectRawAsync(path);
        if (reset)
            socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>The server ends it.</summary>
    private static async Task LeftAsync(RunningApp app, string path)
    {
        try
        {
            using var socket = await app.ConnectAsync(path);
            await socket.ReceiveAsync(new byte[64].AsMemory(), Bound());
            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Bound());
        }
        catch (WebSocketException)
        {
            // An abort, which may be faster than the handshake.
        }
    }
}
