using System.Net.WebSockets;

namespace CoLink.Observability.WebSockets;

/// <summary>Why a socket ended, in the order of the catalogue's values.</summary>
internal enum DisconnectReason
{
    Normal,
    GoingAway,
    ProtocolError,
    Policy,
    TooBig,
    ServerError,
    ClientAbort,
    ServerAbort,
    Timeout,
    Shutdown,
    Other,
}

/// <summary>The table of reasons: what a close status says, and what a failed send or receive says.</summary>
internal static class DisconnectReasons
{
    /// <summary>Of RFC 6455, section 7.4.1, and the registry of close codes that it founded.</summary>
    public static DisconnectReason Of(WebSocketCloseStatus? status) => (int?)status switch
    {
        1000 => DisconnectReason.Normal,
        1001 => DisconnectReason.GoingAway,
        1002 or 1003 or 1007 or 1010 => DisconnectReason.ProtocolError,

        // A close without a status, which is how a browser closes that was not told one.
        null or 1005 => DisconnectReason.Normal,
        1008 => DisconnectReason.Policy,
        1009 => DisconnectReason.TooBig,
        1011 or 1014 => DisconnectReason.ServerError,
        1012 => DisconnectReason.Shutdown,

        // Also 3000 to 4999, which mean what an app wants them to mean.
        _ => DisconnectReason.Other,
    };

    /// <summary>What the exception of a send, a receive or a handler says about the socket; null where it says nothing.</summary>
    public static Failure? Of(Exception exception) => exception switch
    {
        WebSocketException socket => socket.WebSocketErrorCode switch
        {
            WebSocketError.ConnectionClosedPrematurely or WebSocketError.NativeError => Failure.Lost,

            // The app asked for what the socket's state does not allow: the socket had ended before.
            WebSocketError.InvalidState or WebSocketError.Success => null,
            _ => Failure.Protocol,
        },
        OperationCanceledException => Failure.Cancelled,
        IOException => Failure.Lost,
        _ => null,
    };

    /// <summary>
    /// Whether a socket has aborted itself because its ping was not answered. Who waits on it is told that the connection was
    /// aborted, as by the app; an aborted socket refuses the next receive, and names its keep-alive as the inner cause, and that alone.
    /// </summary>
    public static bool IsTimedOut(WebSocket socket)
    {
        if (socket.State != WebSocketState.Aborted)
            return false;
        var refused = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        return refused.IsFaulted
            && refused.AsTask().Exception?.InnerException is WebSocketException { InnerException: WebSocketException { WebSocketErrorCode: WebSocketError.Faulted } };
    }
}

/// <summary>How a send, a receive or a handler failed.</summary>
internal enum Failure
{
    /// <summary>The connection is gone.</summary>
    Lost,

    /// <summary>The client broke the protocol.</summary>
    Protocol,

    /// <summary>A token was cancelled, which aborts a socket.</summary>
    Cancelled,
}
