using System.Net.Sockets;
using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Http.RouteTable;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>Each way in which a socket ends, with its reason, on real connections.</summary>
public sealed class DisconnectReasonTests
{
    [Fact]
    public void The_reasons_stand_in_the_order_of_the_catalogue() =>
        Assert.Equal(WebSocketCatalogue.Reasons, Enum.GetNames<DisconnectReason>().Select(name =>
            string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"))));

    [Theory]
    [InlineData(1000, "normal")]
    [InlineData(1001, "going_away")]
    [InlineData(1002, "protocol_error")]
    [InlineData(1003, "protocol_error")]
    [InlineData(1007, "protocol_error")]
    [InlineData(1008, "policy")]
    [InlineData(1009, "too_big")]
    [InlineData(1010, "protocol_error")]
    [InlineData(1011, "server_error")]
    [InlineData(3000, "other")]
    [InlineData(4001, "other")]
    public async Task A_close_of_the_client_gives_its_status_as_the_reason(int status, string reason)
    {
        await using var app = await ServeAsync(EchoAsync);
        using var socket = await app.ConnectAsync();

        await socket.CloseAsync(status);

        Assert.Equal(reason, await app.ReasonAsync());
    }

    [Theory]
    [InlineData(1000, "normal")]
    [InlineData(1001, "going_away")]
    [InlineData(1008, "policy")]
    [InlineData(1009, "too_big")]
    [InlineData(1011, "server_error")]
    [InlineData(4001, "other")]
    public async Task A_close_of_the_server_gives_its_status_as_the_reason_whatever_the_client_answers(int status, string reason)
    {
        await using var app = await ServeAsync((socket, _) => socket.CloseAsync(status));
        using var socket = await app.ConnectAsync();

        await socket.ReceiveAsync(new byte[16], Bound());
        await socket.CloseOutputAsync((WebSocketCloseStatus)3999, null, Bound());

        Assert.Equal(reason, await app.ReasonAsync());
    }

    [Theory]
    [InlineData(null, DisconnectReason.Normal)]
    [InlineData(1005, DisconnectReason.Normal)]
    [InlineData(1012, DisconnectReason.Shutdown)]
    [InlineData(1014, DisconnectReason.ServerError)]
    [InlineData(999, DisconnectReason.Other)]
    internal void Statuses_that_a_client_of_ours_does_not_send(int? status, DisconnectReason reason) =>
        Assert.Equal(reason, DisconnectReasons.Of((WebSocketCloseStatus?)status));

    [Theory]
    [InlineData(new byte[] { 0x88, 0x80, 0, 0, 0, 0 }, "normal")]
    [InlineData(new byte[] { 0x83, 0x81, 0, 0, 0, 0, 0x41 }, "protocol_error")]
    [InlineData(new byte[] { 0x81, 0x81, 0, 0, 0, 0, 0xFF }, "protocol_error")]
    [InlineData(new byte[] { 0x81, 0x06, 1, 2, 3, 4, 5, 6 }, "protocol_error")]
    public async Task A_close_without_a_status_is_normal_and_broken_frames_are_not(byte[] frame, string reason)
    {
        await using var app = await ServeAsync(EchoAsync);
        var (socket, _) = await app.ConnectRawAsync();
        using (socket)
        {
            await socket.SendAsync(frame, Bound());

            Assert.Equal(reason, await app.ReasonAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_without_a_close_is_an_abort_of_the_client(bool reset)
    {
        await using var app = await ServeAsync(EchoAsync);
        var (socket, _) = await app.ConnectRawAsync();
        if (reset)
            socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();

        Assert.Equal("client_abort", await app.ReasonAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_while_the_app_neither_reads_nor_closes_is_an_abort_of_the_client(bool throws)
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.UseWebSockets();
            a.Map("/ws/{channel}", async (HttpContext context) =>
            {
                _ = await context.WebSockets.AcceptWebSocketAsync();
                var gone = new TaskCompletionSource();
                await using var waiting = context.RequestAborted.Register(gone.SetResult);
                await gone.Task;
                if (throws)
                    context.RequestAborted.ThrowIfCancellationRequested();
            });
        });
        var (socket, _) = await app.ConnectRawAsync();
        socket.Dispose();

        Assert.Equal("client_abort", await app.ReasonAsync());
    }

    [Fact]
    public async Task A_client_that_goes_while_the_app_waits_with_the_requests_token_is_an_abort_of_the_client()
    {
        await using var app = await ServeAsync((socket, context) => socket.ReceiveAsync(new byte[16].AsMemory(), context.RequestAborted).AsTask());
        var (socket, _) = await app.ConnectRawAsync();
        socket.Dispose();

        Assert.Equal("client_abort", await app.ReasonAsync());
    }

    [Fact]
    public async Task A_reset_stream_of_HTTP2_is_an_abort_of_the_client()
    {
        await using var app = await ServeAsync(EchoAsync, Listeners.H2c);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = await app.ConnectHttp2Async(invoker);
        await app.ScrapeUntilAsync(s => s.Sum(Active) == 1);

        socket.Abort();

        Assert.Equal("client_abort", await app.ReasonAsync());
    }

    public static TheoryData<string> ServerAborts => [.. Aborts.Keys];

    private static readonly Dictionary<string, Func<WebSocket, HttpContext, Task>> Aborts = new()
    {
        ["the socket"] = (socket, _) =>
        {
            socket.Abort();
            return Task.CompletedTask;
        },
        ["the socket, while it receives"] = async (socket, _) =>
        {
            var receiving = socket.ReceiveAsync(new byte[16], Bound());
            socket.Abort();
            await Assert.ThrowsAnyAsync<Exception>(() => receiving);
        },
        ["the request, while it receives"] = async (socket, context) =>
        {
            var receiving = socket.ReceiveAsync(new byte[16], Bound());
            context.Abort();
            await Assert.ThrowsAnyAsync<Exception>(() => receiving);
        },
        ["the request"] = (_, context) =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
        ["by a token of its own"] = async (socket, _) =>
        {
            using var limit = new CancellationTokenSource();
            var receiving = socket.ReceiveAsync(new byte[16], limit.Token);
            await limit.CancelAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => receiving);
        },
        ["by going away"] = (_, _) => Task.CompletedTask,
        ["by disposing"] = (socket, _) =>
        {
            socket.Dispose();
            return Task.CompletedTask;
        },
    };

    [Theory, MemberData(nameof(ServerAborts))]
    public async Task An_app_that_ends_a_socket_without_a_close_is_an_abort_of_the_server(string how)
    {
        await using var app = await ServeAsync(Aborts[how]);
        var (socket, _) = await app.ConnectRawAsync();
        using (socket)
            Assert.Equal("server_abort", await app.ReasonAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_that_escapes_is_an_error_of_the_server_also_where_the_app_aborts_on_its_way_out(bool aborts)
    {
        await using var app = await ServeAsync((socket, _) =>
        {
            if (aborts)
                socket.Abort();
            throw new InvalidOperationException("a bug");
        });
        var (socket, _) = await app.ConnectRawAsync();
        using (socket)
            Assert.Equal("server_error", await app.ReasonAsync());
    }

    [Fact]
    public async Task An_exception_after_both_sides_have_closed_changes_nothing()
    {
        await using var app = await ServeAsync(async (socket, context) =>
        {
            await EchoAsync(socket, context);
            throw new InvalidOperationException("a bug");
        });
        using var socket = await app.ConnectAsync();
        await socket.CloseAsync();

        Assert.Equal("normal", await app.ReasonAsync());
    }

    [Fact]
    public async Task An_app_that_has_read_the_close_and_only_goes_keeps_the_reason_of_the_client()
    {
        await using var app = await ServeAsync((socket, _) => socket.ReceiveAsync(new byte[16].AsMemory(), Bound()).AsTask());
        using var socket = await app.ConnectAsync();
        await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, Bound());

        Assert.Equal("going_away", await app.ReasonAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ping_without_an_answer_is_a_timeout_whether_or_not_the_app_receives_then(bool receives)
    {
        var accept = new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromMilliseconds(50), KeepAliveTimeout = TimeSpan.FromMilliseconds(50) };
        await using var app = await ServeAsync(
            async (socket, context) =>
            {
                if (receives)
                    await EchoAsync(socket, context);
                else
                    await Eventually.IsTrue(() => socket.State == WebSocketState.Aborted);
            },
            accept: accept);
        var (socket, _) = await app.ConnectRawAsync();
        using (socket)
            Assert.Equal("timeout", await app.ReasonAsync());
    }

    [Fact]
    public void An_exception_that_is_not_of_a_connection_says_nothing_about_the_socket()
    {
        Assert.Null(DisconnectReasons.Of(new ArgumentException("wrong")));
        Assert.Null(DisconnectReasons.Of(new WebSocketException(WebSocketError.InvalidState)));
        Assert.Equal(Failure.Lost, DisconnectReasons.Of(new ConnectionResetException("gone")));
        Assert.Equal(Failure.Lost, DisconnectReasons.Of(new WebSocketException(WebSocketError.ConnectionClosedPrematurely)));
        Assert.Equal(Failure.Cancelled, DisconnectReasons.Of(new ConnectionAbortedException("aborted")));
        Assert.Equal(Failure.Protocol, DisconnectReasons.Of(new WebSocketException(WebSocketError.HeaderError)));
    }
}
