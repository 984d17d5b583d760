using System.Net.WebSockets;
using System.Threading.Tasks.Sources;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>A socket that does as it is told and remembers what it was called with.</summary>
internal sealed class StubSocket : WebSocket
{
    private WebSocketState _state = WebSocketState.Open;

    public List<string> Calls { get; } = [];

    /// <summary>True: it remembers nothing, and allocates nothing.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>What the next receive ends with; null: it waits.</summary>
    public ValueWebSocketReceiveResult? Next { get; set; } = new(4, WebSocketMessageType.Text, true);

    /// <summary>Whether the next send waits.</summary>
    public bool SendWaits { get; set; }

    public Waiting<ValueWebSocketReceiveResult> Receiving { get; set; } = new();

    public Waiting<bool> Sending { get; set; } = new();

    /// <summary>What a close ends with; null: it succeeds.</summary>
    public Exception? CloseFails { get; set; }

    public WebSocketCloseStatus? Status { get; set; }

    public override WebSocketCloseStatus? CloseStatus => Status;

    public override string? CloseStatusDescription => "described";

    public override string? SubProtocol => "spoken";

    /// <summary>Whether it throws where it is asked for its state.</summary>
    public bool IsBroken { get; set; }

    public override WebSocketState State => IsBroken ? throw new ObjectDisposedException(nameof(StubSocket)) : _state;

    public override void Abort() => Called("Abort", WebSocketState.Aborted);

    public override void Dispose() => Called("Dispose", WebSocketState.Closed);

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        Called($"Close {(int)closeStatus} {statusDescription}", WebSocketState.Closed);
        return CloseFails is null ? Task.CompletedTask : Task.FromException(CloseFails);
    }

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        Called($"CloseOutput {(int)closeStatus} {statusDescription}", WebSocketState.CloseSent);
        return CloseFails is null ? Task.CompletedTask : Task.FromException(CloseFails);
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        if (!IsQuiet)
            Calls.Add("Receive segment");
        return Next is { } next ? Task.FromResult(new WebSocketReceiveResult(next.Count, next.MessageType, next.EndOfMessage)) : Result();

        async Task<WebSocketReceiveResult> Result()
        {
            var result = await Receiving.Task();
            return new WebSocketReceiveResult(result.Count, result.MessageType, result.EndOfMessage);
        }
    }

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!IsQuiet)
            Calls.Add("Receive memory");
        return Next is { } next ? new ValueTask<ValueWebSocketReceiveResult>(next) : Receiving.Task();
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        if (!IsQuiet)
            Calls.Add($"Send segment {messageType} {endOfMessage}");
        return SendWaits ? Sending.Task().AsTask() : Task.CompletedTask;
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        if (!IsQuiet)
            Calls.Add($"Send memory {messageType} {endOfMessage}");
        return SendWaits ? Sending.Void() : default;
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, WebSocketMessageFlags messageFlags, CancellationToken cancellationToken)
    {
        if (!IsQuiet)
            Calls.Add($"Send memory {messageType} {messageFlags}");
        return SendWaits ? Sending.Void() : default;
    }

    private void Called(string what, WebSocketState state)
    {
        if (!IsQuiet)
            Calls.Add(what);
        _state = state;
    }

    /// <summary>An operation that ends when the test says so, again and again without an allocation.</summary>
    internal sealed class Waiting<T> : IValueTaskSource<T>, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<T> _core;

        public ValueTask<T> Task() => new(this, _core.Version);

        public ValueTask Void() => new(this, _core.Version);

        public void End(T result) => _core.SetResult(result);

        public void Fail(Exception exception) => _core.SetException(exception);

        public T GetResult(short token)
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
}
