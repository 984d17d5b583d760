using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.WebSockets;

/// <summary>Tells a connection that the app cuts from one that the client drops: the token is the same for both.</summary>
internal sealed class RequestAbort(IHttpRequestLifetimeFeature? inner, CancellationToken stopping) : IHttpRequestLifetimeFeature
{
    /// <summary>The token of this request; the server's feature may be another request's by the time that it is asked.</summary>
    private readonly CancellationToken _aborted = inner?.RequestAborted ?? CancellationToken.None;

    private volatile bool _byApp;

    public CancellationToken RequestAborted
    {
        get => inner!.RequestAborted;
        set => inner!.RequestAborted = value;
    }

    /// <summary>The feature in whose place this one stands.</summary>
    public IHttpRequestLifetimeFeature? Inner => inner;

    public bool IsStopping => stopping.IsCancellationRequested;

    public bool IsAborted => _byApp || _aborted.IsCancellationRequested;

    /// <summary>The connection went, and the app had no part in it.</summary>
    public bool IsLost => !_byApp && _aborted.IsCancellationRequested;

    /// <summary>Whose doing it is that the connection is gone.</summary>
    public DisconnectReason Loss => IsStopping ? DisconnectReason.Shutdown : _byApp ? DisconnectReason.ServerAbort : DisconnectReason.ClientAbort;

    public void Abort()
    {
        _byApp = true;
        inner!.Abort();
    }
}
