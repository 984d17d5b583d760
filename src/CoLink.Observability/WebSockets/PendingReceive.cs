using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// A receive that waits for its message, followed without an allocation: a socket has one at a time, so one of these serves them all.
/// </summary>
internal sealed class PendingReceive : IValueTaskSource<ValueWebSocketReceiveResult>
{
    private readonly CountingWebSocket _socket;
    private readonly Action _complete;
    private ManualResetValueTaskSourceCore<ValueWebSocketReceiveResult> _core;
    private ConfiguredValueTaskAwaitable<ValueWebSocketReceiveResult>.ConfiguredValueTaskAwaiter _inner;
    private Memory<byte> _buffer;
    private CancellationToken _token;
    private int _taken;

    public PendingReceive(CountingWebSocket socket)
    {
        _socket = socket;
        _complete = Complete;
    }

    /// <summary>False while the last one has not been awaited to its end.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    public ValueTask<ValueWebSocketReceiveResult> Follow(ValueTask<ValueWebSocketReceiveResult> receiving, Memory<byte> buffer, CancellationToken token)
    {
        (_buffer, _token) = (buffer, token);
        _inner = receiving.ConfigureAwait(false).GetAwaiter();
        var version = _core.Version;
        if (_inner.IsCompleted)
            Complete();
        else
            _inner.UnsafeOnCompleted(_complete);
        return new ValueTask<ValueWebSocketReceiveResult>(this, version);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public ValueWebSocketReceiveResult GetResult(short token)
    {
        // Who asks too early or twice is told so, and must not give back what another call waits for.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The receive is not completed: await it.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _buffer = default;
            _core.Reset();
            Volatile.Write(ref _taken, 0);
        }
    }

    private void Complete()
    {
        ValueWebSocketReceiveResult result;
        try
        {
            result = _inner.GetResult();
        }
        catch (Exception exception)
        {
            _socket.Failed(exception, _token);
            _core.SetException(exception);
            return;
        }

        _socket.Received(_buffer.Span, result.Count, result.MessageType, result.EndOfMessage);

        // Last: the app goes on from here, maybe to its next receive.
        _core.SetResult(result);
    }
}
