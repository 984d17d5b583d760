using System.Net.WebSockets;
using System.Threading.Tasks.Sources;

namespace CoLink.Observability.Benchmarks.Sockets;

/// <summary>A socket that does nothing, so that what a wrapper costs is all that is left.</summary>
/// <param name="waits">Whether each send and receive ends only when it is told to.</param>
internal sealed class StubSocket(bool waits) : WebSocket, IValueTaskSource<ValueWebSocketReceiveResult>, IValueTaskSource
{
    private static readonly ValueWebSocketReceiveResult Message = new(5, WebSocketMessageType.Text, true);

    private ManualResetValueTaskSourceCore<ValueWebSocketReceiveResult> _core;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override string? SubProtocol => null;

    public override WebSocketState State => WebSocketState.Open;

    /// <summary>Ends what waits.</summary>
    public void Arrive() => _core.SetResult(Message);

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        waits ? new ValueTask<ValueWebSocketReceiveResult>(this, _core.Version) : new ValueTask<ValueWebSocketReceiveResult>(Message);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        waits ? new ValueTask(this, _core.Version) : default;

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Abort()
    {
    }

    public override void Dispose()
    {
    }

    public ValueWebSocketReceiveResult GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
