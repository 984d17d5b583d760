using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.WebSockets;

public sealed class CountingWebSocketTests : IDisposable
{
    private const string Endpoint = "unmatched";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly MetricRegistry _registry = new(SeriesLimits.Default, NullLogger<MetricRegistry>.Instance);
    private readonly StubSocket _inner = new();
    private readonly SocketLife _life;
    private readonly CountingWebSocket _socket;

    public CountingWebSocketTests()
    {
        var series = new WebSocketMetrics(_registry).Of(new HttpRoutes().Unmatched);
        _life = new SocketLife(_inner, series, new RequestAbort(null, None), _registry, TimeProvider.System);
        _life.Open();
        _socket = new CountingWebSocket(_inner, _life, null, null);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _inner.Dispose();
    }

    [Fact]
    public async Task Each_member_calls_the_same_member_of_the_inner_socket()
    {
        await _socket.ReceiveAsync(new ArraySegment<byte>(new byte[4]), None);
        await _socket.ReceiveAsync(new byte[4].AsMemory(), None);
        await _socket.SendAsync(new ArraySegment<byte>(new byte[4]), WebSocketMessageType.Binary, false, None);
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None);
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage | WebSocketMessageFlags.DisableCompression, None);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, "no", None);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", None);
        _socket.Abort();
        _socket.Dispose();

        Assert.Equal(
            [
                "Receive segment", "Receive memory", "Send segment Binary False", "Send memory Text True", "Send memory Text EndOfMessage, DisableCompression",
                "CloseOutput 1008 no", "Close 1000 bye", "Abort", "Dispose",
            ],
            _inner.Calls);
        Assert.Equal(("described", "spoken", WebSocketState.Closed), (_socket.CloseStatusDescription, _socket.SubProtocol, _socket.State));
    }

    [Fact]
    public async Task A_message_is_counted_at_its_end_whatever_the_overload()
    {
        await _socket.SendAsync(new ArraySegment<byte>(new byte[4]), WebSocketMessageType.Text, false, None);
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, false, None);
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.None, None);
        Assert.Equal(0, Sent);
        await _socket.SendAsync(new ArraySegment<byte>(new byte[4]), WebSocketMessageType.Text, true, None);
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None);
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, None);
        Assert.Equal(3, Sent);

        _inner.Next = new(4, WebSocketMessageType.Text, false);
        await _socket.ReceiveAsync(new byte[4].AsMemory(), None);
        await _socket.ReceiveAsync(new ArraySegment<byte>(new byte[4]), None);
        Assert.Equal(0, Received);
        _inner.Next = new(0, WebSocketMessageType.Text, true);
        await _socket.ReceiveAsync(new byte[4].AsMemory(), None);
        await _socket.ReceiveAsync(new ArraySegment<byte>(new byte[4]), None);
        Assert.Equal(2, Received);
    }

    [Fact]
    public async Task What_waits_is_counted_when_it_ends_and_before_the_app_goes_on()
    {
        _inner.Next = null;
        _inner.SendWaits = true;
        for (var i = 1; i <= 3; i++)
        {
            var receiving = _socket.ReceiveAsync(new byte[4].AsMemory(), None);
            var sending = _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None);
            Assert.False(receiving.IsCompleted || sending.IsCompleted);
            Assert.Equal((i - 1, i - 1), (Received, Sent));

            _inner.Receiving.End(new(i, WebSocketMessageType.Text, true));
            _inner.Sending.End(true);
            Assert.Equal(i, (await receiving).Count);
            await sending;
            Assert.Equal((i, i), (Received, Sent));
        }
    }

    [Fact]
    public async Task What_waits_as_a_task_is_counted_when_it_ends()
    {
        _inner.Next = null;
        _inner.SendWaits = true;
        var receiving = _socket.ReceiveAsync(new ArraySegment<byte>(new byte[4]), None);
        var sending = _socket.SendAsync(new ArraySegment<byte>(new byte[4]), WebSocketMessageType.Text, true, None);
        Assert.Equal((0, 0), (Received, Sent));

        _inner.Receiving.End(new(4, WebSocketMessageType.Text, true));
        _inner.Sending.End(true);
        Assert.Equal(4, (await receiving).Count);
        await sending;
        Assert.Equal((1, 1), (Received, Sent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_send_is_not_counted_and_its_exception_is_the_inner_one(bool asTask)
    {
        _inner.SendWaits = true;
        var gone = new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        var sending = asTask
            ? _socket.SendAsync(new ArraySegment<byte>(new byte[4]), WebSocketMessageType.Text, true, None)
            : _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None).AsTask();
        _inner.Sending.Fail(gone);

        Assert.Same(gone, await Assert.ThrowsAsync<WebSocketException>(() => sending));
        Assert.Equal(0, Sent);
        _life.End(null);
        Assert.Equal(1, Ended("client_abort"));
    }

    [Fact]
    public async Task After_a_failed_receive_the_next_one_is_followed_again()
    {
        _inner.Next = null;
        var receiving = _socket.ReceiveAsync(new byte[4].AsMemory(), None);
        _inner.Receiving.Fail(new ArgumentException("once"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await receiving);

        var next = _socket.ReceiveAsync(new byte[4].AsMemory(), None);
        _inner.Receiving.End(new(4, WebSocketMessageType.Text, true));
        Assert.Equal(4, (await next).Count);
        Assert.Equal(1, Received);
    }

    [Fact]
    public async Task Sends_that_overlap_are_each_counted_when_they_end()
    {
        _inner.SendWaits = true;
        var (one, other) = (_inner.Sending, new StubSocket.Waiting<bool>());
        var first = _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None);
        _inner.Sending = other;
        var second = _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None);

        other.End(true);
        await second;
        Assert.Equal(1, Sent);
        one.End(true);
        await first;
        Assert.Equal(2, Sent);
    }

    [Fact]
    public async Task Receives_that_overlap_are_each_counted_when_they_end()
    {
        var (first, second) = TwoReceives(out var one, out var other);

        other.End(new(3, WebSocketMessageType.Text, true));
        Assert.Equal(3, (await second).Count);
        Assert.Equal(1, Received);
        one.End(new(4, WebSocketMessageType.Text, true));
        Assert.Equal(4, (await first).Count);
        Assert.Equal(2, Received);
    }

    [Fact]
    public async Task A_receive_that_fails_beside_another_is_the_end_of_the_socket()
    {
        var (first, second) = TwoReceives(out var one, out var other);
        var gone = new WebSocketException(WebSocketError.ConnectionClosedPrematurely);

        other.Fail(gone);
        Assert.Same(gone, await Assert.ThrowsAsync<WebSocketException>(() => second));
        one.End(new(4, WebSocketMessageType.Text, true));
        await first;
        _life.End(null);
        Assert.Equal((1, 1), (Received, Ended("client_abort")));
    }

    [Fact]
    public async Task A_receive_that_fails_as_a_task_is_the_end_of_the_socket()
    {
        _inner.Next = null;
        var receiving = _socket.ReceiveAsync(new ArraySegment<byte>(new byte[4]), None);
        var gone = new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        _inner.Receiving.Fail(gone);

        Assert.Same(gone, await Assert.ThrowsAsync<WebSocketException>(() => receiving));
        _life.End(null);
        Assert.Equal(1, Ended("client_abort"));
    }

    [Fact]
    public async Task A_close_with_the_flags_of_a_message_is_no_message()
    {
        await _socket.SendAsync(Array.Empty<byte>().AsMemory(), WebSocketMessageType.Close, true, None);
        Assert.Equal(0, Sent);
    }

    [Fact]
    public async Task A_close_is_no_message_and_ends_the_socket_once()
    {
        _inner.Status = WebSocketCloseStatus.EndpointUnavailable;
        _inner.Next = new(0, WebSocketMessageType.Close, true);
        await _socket.ReceiveAsync(new byte[4].AsMemory(), None);
        Assert.Equal((0, 1.0), (Received, Active));
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, None);
        Assert.Equal(0, Active);

        _socket.Abort();
        _socket.Dispose();
        _life.End(new InvalidOperationException());
        Assert.Equal((1, 1), (Ended("going_away"), WebSocketCatalogue.Reasons.Sum(Ended)));
        Assert.Equal(0, Active);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_costs_no_memory_whether_or_not_it_waits(bool waits)
    {
        var buffer = new byte[4].AsMemory();
        (_inner.Next, _inner.SendWaits, _inner.IsQuiet) = (waits ? null : new(4, WebSocketMessageType.Text, true), waits, true);
        var allocated = 0L;
        for (var i = 0; i < 2_000; i++)
        {
            if (i == 1_000)
                allocated = GC.GetAllocatedBytesForCurrentThread();
            var sending = _socket.SendAsync(buffer, WebSocketMessageType.Text, true, None);
            var receiving = _socket.ReceiveAsync(buffer, None);
            if (waits)
            {
                _inner.Sending.End(true);
                _inner.Receiving.End(new(4, WebSocketMessageType.Text, true));
            }

            await sending;
            await receiving;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1_000);
        Assert.Equal((2_000, 2_000), (Sent, Received));
    }

    private (Task<ValueWebSocketReceiveResult> First, Task<ValueWebSocketReceiveResult> Second) TwoReceives(
        out StubSocket.Waiting<ValueWebSocketReceiveResult> one, out StubSocket.Waiting<ValueWebSocketReceiveResult> other)
    {
        _inner.Next = null;
        one = _inner.Receiving;
        var first = _socket.ReceiveAsync(new byte[4].AsMemory(), None).AsTask();
        _inner.Receiving = other = new();
        return (first, _socket.ReceiveAsync(new byte[4].AsMemory(), None).AsTask());
    }

    private int Sent => (int)_registry.Counter(WebSocketCatalogue.MessagesSent).Read([Endpoint])!;

    private int Received => (int)_registry.Counter(WebSocketCatalogue.MessagesReceived).Read([Endpoint])!;

    private double Active => _registry.Gauge(WebSocketCatalogue.Active).Read([Endpoint])!.Value;

    private int Ended(string reason) => (int)_registry.Counter(WebSocketCatalogue.Disconnections).Read([Endpoint, reason])!;
}
