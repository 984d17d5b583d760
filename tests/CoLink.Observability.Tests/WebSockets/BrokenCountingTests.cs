using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>A socket of which nothing can be counted goes on as it is, whatever is asked of it, and each failure is told.</summary>
public sealed class BrokenCountingTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly MetricRegistry _registry = new(SeriesLimits.Default, NullLogger<MetricRegistry>.Instance);
    private readonly StubSocket _inner = new();
    private readonly CountingWebSocket _socket;

    public BrokenCountingTests() =>
        _socket = new CountingWebSocket(_inner, new SocketLife(_inner, series: null!, request: null!, _registry, TimeProvider.System), null, null);

    public void Dispose()
    {
        _socket.Dispose();
        _inner.Dispose();
    }

    [Fact]
    public async Task Messages_pass()
    {
        await _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None);
        Assert.Equal(1, Errors);
        Assert.Equal(4, (await _socket.ReceiveAsync(new byte[4].AsMemory(), None)).Count);
        Assert.Equal(2, Errors);
        Assert.Equal(4, (await _socket.ReceiveAsync(new ArraySegment<byte>(new byte[4]), None)).Count);
        Assert.Equal(3, Errors);
    }

    [Fact]
    public async Task A_message_whose_content_cannot_be_read_passes_uncounted()
    {
        var hub = new HubMessages(connection: null!);
        using var socket = new CountingWebSocket(_inner, new SocketLife(_inner, null!, null!, _registry, TimeProvider.System), hub, hub);
        await socket.SendAsync("{\"protocol\":\"json\"}\u001e"u8.ToArray().AsMemory(), WebSocketMessageType.Text, true, None);
        Assert.Equal("Send memory Text True", _inner.Calls[^1]);
        Assert.Equal(2, Errors); // What it is, and that it was sent.
    }

    [Fact]
    public async Task A_failure_of_the_socket_is_its_own()
    {
        _inner.SendWaits = true;
        var gone = new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        var sending = _socket.SendAsync(new byte[4].AsMemory(), WebSocketMessageType.Text, true, None).AsTask();
        _inner.Sending.Fail(gone);

        Assert.Same(gone, await Assert.ThrowsAsync<WebSocketException>(() => sending));
        Assert.Equal(1, Errors);
    }

    [Fact]
    public async Task It_closes_and_is_aborted()
    {
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", None);
        Assert.Equal("Close 1000 bye", _inner.Calls[^1]);
        Assert.Equal(3, Errors); // The close, the reason of the end, the end.
        _socket.Abort();
        Assert.Equal("Abort", _inner.Calls[^1]);
    }

    [Fact]
    public void It_is_left()
    {
        _socket.Abort();
        Assert.Equal((1.0, "Abort"), (Errors, _inner.Calls[^1]));
    }

    private double Errors => _registry.Counter(SelfCatalogue.ObserverErrors).Read([Observers.WebSocket]) ?? 0;
}
