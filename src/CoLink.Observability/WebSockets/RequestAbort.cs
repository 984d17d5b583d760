using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.WebSockets;

/// <summary>Tells a connection that the app cuts from one that the client drops: the token is the same for both.</summary>
internal sealed class RequestAbort(IHttpRequestLifetimeFeature? inner, CancellationToken stopping) : IHttpRequestLifetimeFeature
{
    /// <summary>The token of this request; the server's feature may be another request's by the time that it is asked.</summary>
    private readonly CancellationToken _aborted = inner?.RequestAborted ?? CancellationToken.None;

    private volatile bool _byApp;
    private volatile bool _bySocket;
    private volatile WebSocket? _socket;

    public CancellationToken RequestAborted
    {
        get => inner!.RequestAborted;
        set => inner!.RequestAborted = value;
    }

    /// <summary>The feature in whose place this one stands.</summary>
    public IHttpRequestLifetimeFeature? Inner => inner;

    public bool IsStopping => stopping.IsCancellationRequested;

    public bool IsAbortedByApp => _byApp;

    /// <summary>The connection went, and nobody here had a part in it.</summary>
    public bool IsLost => !_byApp && !_bySocket && _aborted.IsCancellationRequested;

    /// <summary>Whose doing it is that the connection is gone.</summary>
    public DisconnectReason Loss => IsStopping ? DisconnectReason.Shutdown : _byApp ? DisconnectReason.ServerAbort : DisconnectReason.ClientAbort;

    /// <summary>The socket that the request became.</summary>
    public void Became(WebSocket socket) => _socket = socket;

    public void Abort()
    {
        // A socket that aborts itself, for a cancelled token or a ping without an answer, aborts its request in turn; what it tells
        // whoever waits on it is the reason then.
        if (!_aborted.IsCancellationRequested)
        {
            if (_socket is { State: WebSocketState.Aborted })
                _bySocket = true;
            else
                _byApp = true;
        }

        inner!.Abort();
    }
}
