using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// One socket from its acceptance to its end, which is counted once: when both sides have closed it, else when its request is over.
/// The cause that came first is the reason; what the app does to a socket that is already lost does not change it.
/// </summary>
internal sealed class SocketLife(WebSocket socket, WebSocketSeries series, RequestAbort request, MetricRegistry registry, TimeProvider time)
{
    private const int NoCause = -1;

    private readonly long _startedAt = time.GetTimestamp();
    private int _cause = NoCause;
    private int _ended;
    private volatile bool _abandoned;

    public void Open() => series.Opened();

    public void Sent(int messages) => series.Sent(messages);

    public void Received(int messages) => series.Received(messages);

    /// <summary>The app begins to close, or answers a close.</summary>
    public void Closing(WebSocketCloseStatus status)
    {
        if (request.IsLost)
            SetCause(request.Loss);
        var reason = DisconnectReasons.Of(status);
        SetCause(request.IsStopping && reason is DisconnectReason.Normal or DisconnectReason.GoingAway ? DisconnectReason.Shutdown : reason);
    }

    /// <summary>A close frame of the client was received.</summary>
    public void CloseReceived()
    {
        SetCause(DisconnectReasons.Of(socket.CloseStatus));
        EndIfClosed();
    }

    public void EndIfClosed()
    {
        if (socket.State == WebSocketState.Closed)
            End(null);
    }

    /// <summary>The app aborts the socket, or drops it as it is: a reason, unless the connection is gone already, or an exception of the app's is on its way.</summary>
    public void Abandoned()
    {
        if (_abandoned || _cause != NoCause)
            return;
        if (TrySetTimeout())
            return;
        if (request.IsLost)
            SetCause(request.Loss);
        else
            _abandoned = true;
    }

    /// <param name="exception">What a send, a receive or a close threw.</param>
    /// <param name="token">What it was given.</param>
    public void Failed(Exception exception, CancellationToken token)
    {
        if (_abandoned || _cause != NoCause || DisconnectReasons.Of(exception) is not { } failure)
            return;
        if (failure == Failure.Protocol)
            SetCause(DisconnectReason.ProtocolError);
        else if (!TrySetTimeout())
            SetLost(failure, token);
    }

    /// <summary>Counts the end, once.</summary>
    /// <param name="escaped">The exception that the app let pass, if one.</param>
    public void End(Exception? escaped)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        if (_cause == NoCause)
            SetCause(SafeReason(escaped));
        series.Closed((DisconnectReason)_cause, time.GetElapsedTime(_startedAt).TotalSeconds);
    }

    /// <summary>Counting failed, and the host must not feel it.</summary>
    public void Broke(Exception exception) => registry.Failed(Observers.WebSocket, exception);

    private void SetLost(Failure failure, CancellationToken token)
    {
        // A token of the app's own aborts the socket as the app itself would, also for whoever waits on it besides.
        if (failure == Failure.Cancelled && !request.IsLost && !request.IsAbortedByApp && (token.IsCancellationRequested || socket.State == WebSocketState.Aborted))
            _abandoned = true;
        else
            SetCause(request.Loss);
    }

    /// <summary>A socket of the app's own may throw where it is asked: its end is counted all the same, or it would be active for ever.</summary>
    private DisconnectReason SafeReason(Exception? escaped)
    {
        try
        {
            return ReasonWithoutCause(escaped);
        }
        catch (Exception exception)
        {
            Broke(exception);
            return DisconnectReason.Other;
        }
    }

    private DisconnectReason ReasonWithoutCause(Exception? escaped)
    {
        if (escaped is not null && DisconnectReasons.Of(escaped) is null)
            return DisconnectReason.ServerError;
        if (request.IsStopping)
            return DisconnectReason.Shutdown;
        if (_abandoned)
            return DisconnectReason.ServerAbort;
        if (DisconnectReasons.IsTimedOut(socket))
            return DisconnectReason.Timeout;
        if (request.IsLost || request.IsAbortedByApp)
            return request.Loss;
        return escaped is null ? DisconnectReason.ServerAbort : DisconnectReason.ServerError;
    }

    private bool TrySetTimeout()
    {
        if (!DisconnectReasons.IsTimedOut(socket))
            return false;
        SetCause(DisconnectReason.Timeout);
        return true;
    }

    private void SetCause(DisconnectReason reason) => Interlocked.CompareExchange(ref _cause, (int)reason, NoCause);
}
