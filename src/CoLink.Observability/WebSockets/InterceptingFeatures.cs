using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// The features of an upgrade request, which it passes on but for one: whoever sets the WebSocket feature sets ours around it. The app's
/// own middleware stays the first and only one to decide whether, and from which origins, sockets are accepted.
/// </summary>
internal sealed class InterceptingFeatures(RequestSockets sockets) : IFeatureCollection
{
    private readonly IFeatureCollection _inner = sockets.Features;

    public bool IsReadOnly => _inner.IsReadOnly;

    public int Revision => _inner.Revision;

    public object? this[Type key]
    {
        get => _inner[key];
        set => _inner[key] = key == typeof(IHttpWebSocketFeature) ? sockets.Wrap((IHttpWebSocketFeature?)value) : value;
    }

    public TFeature? Get<TFeature>() => _inner.Get<TFeature>();

    public void Set<TFeature>(TFeature? instance)
    {
        if (typeof(TFeature) == typeof(IHttpWebSocketFeature))
            _inner.Set(sockets.Wrap((IHttpWebSocketFeature?)instance));
        else
            _inner.Set(instance);
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _inner.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
