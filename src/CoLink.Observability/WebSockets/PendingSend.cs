using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// A send that waits for room, followed without an allocation, as <see cref="PendingReceive"/> does it. Sends may overlap; the further
/// ones pay for a task.
/// </summary>
internal sealed class PendingSend : IValueTaskSource
{
    private readonly CountingWebSocket _socket;
    private readonly Action _complete;
    private ManualResetValueTaskSourceCore<bool> _core;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _inner;
    private CancellationToken _token;
    private int _messages;
    private int _taken;

    public PendingSend(CountingWebSocket socket)
    {
        _socket = socket;
        _complete = Complete;
    }

    /// <summary>False while the last one has not been awaited to its end.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    public ValueTask Follow(ValueTask sending, int messages, CancellationToken token)
    {
        (_messages, _token) = (messages, token);
        _inner = sending.ConfigureAwait(false).GetAwaiter();
        var version = _core.Version;
        if (_inner.IsCompleted)
            Complete();
        else
            _inner.UnsafeOnCompleted(_complete);
        return new ValueTask(this, version);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The send is not completed: await it.");
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Volatile.Write(ref _taken, 0);
        }
    }

    private void Complete()
    {
        try
        {
            _inner.GetResult();
        }
        catch (Exception exception)
        {
            _socket.Failed(exception, _token);
            _core.SetException(exception);
            return;
        }

        _socket.Sent(_messages);
        _core.SetResult(true);
    }
}
