using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace CoLink.Observability.WebSockets;

/// <summary>What one request accepts: usually one socket, often none. A socket that is accepted once the request is over is left alone.</summary>
internal sealed class RequestSockets(
    IFeatureCollection features, RequestAbort request, WebSocketMetrics metrics, HttpRoutes routes, MetricRegistry registry, TimeProvider time)
{
    private SocketLife? _life;
    private int _accepting;
    private volatile bool _isOver;

    public IFeatureCollection Features => features;

    /// <summary>The feature that counts what this one accepts.</summary>
    public IHttpWebSocketFeature? Wrap(IHttpWebSocketFeature? feature) => feature is null or Accepting ? feature : new Accepting(feature, this);

    /// <summary>Wraps the feature that is there, if one is: the test server brings its own.</summary>
    public void WrapPresent()
    {
        if (features.Get<IHttpWebSocketFeature>() is { } present and not Accepting)
            features.Set(Wrap(present));
    }

    /// <summary>Puts the feature back that was wrapped.</summary>
    public void Unwrap()
    {
        if (features.Get<IHttpWebSocketFeature>() is Accepting ours)
            features.Set(ours.Inner);
    }

    public void End(Exception? escaped)
    {
        _isOver = true;
        Interlocked.Exchange(ref _life, null)?.End(escaped);
    }

    private WebSocket Count(WebSocket socket)
    {
        if (_isOver)
            return socket;
        try
        {
            var endpoint = features.Get<IEndpointFeature>()?.Endpoint;
            var life = new SocketLife(socket, metrics.Of(routes.Of(endpoint)), request, registry, time);
            var hub = endpoint?.Metadata.GetMetadata<HubMetadata>() is null ? null : new HubMessages.Connection();
            var counting = new CountingWebSocket(socket, life, hub is null ? null : new HubMessages(hub), hub is null ? null : new HubMessages(hub));
            request.Became(socket);
            life.Open();
            Interlocked.Exchange(ref _life, life)?.End(null);

            // The request may have ended meanwhile, and who ended it saw no socket.
            if (_isOver)
                End(null);
            return counting;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
            return socket;
        }
    }

    private sealed class Accepting(IHttpWebSocketFeature inner, RequestSockets sockets) : IHttpWebSocketFeature
    {
        public IHttpWebSocketFeature Inner => inner;

        public bool IsWebSocketRequest => inner.IsWebSocketRequest;

        public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context)
        {
            // A feature of the app's around ours is wrapped in its turn: the outermost counts.
            if (Interlocked.Exchange(ref sockets._accepting, 1) != 0)
                return await inner.AcceptAsync(context);
            try
            {
                return sockets.Count(await inner.AcceptAsync(context));
            }
            finally
            {
                Volatile.Write(ref sockets._accepting, 0);
            }
        }
    }
}
