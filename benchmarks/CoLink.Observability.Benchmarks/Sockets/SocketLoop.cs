using System.Net.WebSockets;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Benchmarks.Sockets;

/// <summary>An app that sends or receives messages on a socket, one after the other, wrapped or as it is.</summary>
internal sealed class SocketLoop
{
    private static readonly byte[] Hub = [.. "{\"type\":1,\"target\":\"Say\",\"arguments\":[\"hello\"]}\u001e"u8];

    private readonly WebSocket _socket;
    private readonly Action? _arrive;
    private readonly Memory<byte> _buffer = new byte[64];

    /// <param name="inner">The socket.</param>
    /// <param name="arrive">Ends what waits; null where nothing does.</param>
    /// <param name="wrapped">Whether its messages are counted.</param>
    /// <param name="hub">Whether they are a hub's.</param>
    public SocketLoop(WebSocket inner, Action? arrive, bool wrapped, bool hub = false)
    {
        _arrive = arrive;
        if (hub)
            _buffer = Hub;
        _socket = wrapped ? Wrap(inner, hub) : inner;
    }

    public static SocketLoop Stub(bool waits, bool wrapped, bool hub = false)
    {
        var stub = new StubSocket(waits);
        return new SocketLoop(stub, waits ? stub.Arrive : null, wrapped, hub);
    }

    public static SocketLoop OnStream(bool waits, bool wrapped)
    {
        var stream = new EndlessStream(waits);
        return new SocketLoop(WebSocket.CreateFromStream(stream, isServer: true, null, Timeout.InfiniteTimeSpan), waits ? stream.Arrive : null, wrapped);
    }

    public void Send(int messages)
    {
        var sending = SendAllAsync(messages);
        Drive(sending);
    }

    public void Receive(int messages)
    {
        var receiving = ReceiveAllAsync(messages);
        Drive(receiving);
    }

    private void Drive(Task work)
    {
        while (!work.IsCompleted)
            _arrive!();
        work.GetAwaiter().GetResult();
    }

    private async Task SendAllAsync(int messages)
    {
        for (var i = 0; i < messages; i++)
            await _socket.SendAsync((ReadOnlyMemory<byte>)_buffer, WebSocketMessageType.Text, true, CancellationToken.None);
    }

    private async Task ReceiveAllAsync(int messages)
    {
        for (var i = 0; i < messages; i++)
            await _socket.ReceiveAsync(_buffer, CancellationToken.None);
    }

    private static CountingWebSocket Wrap(WebSocket inner, bool hub)
    {
        var registry = new MetricRegistry(SeriesLimits.Default, NullLogger<MetricRegistry>.Instance);
        var life = new SocketLife(
            inner, new WebSocketMetrics(registry).Of(new HttpRoutes().Unmatched), new RequestAbort(null, CancellationToken.None), registry, TimeProvider.System);
        life.Open();
        return new CountingWebSocket(inner, life, hub ? Messages() : null, hub ? Messages() : null);
    }

    private static HubMessages Messages()
    {
        var messages = new HubMessages(new HubMessages.Connection());
        messages.Count("{\"protocol\":\"json\",\"version\":1}\u001e"u8, true);
        return messages;
    }
}
