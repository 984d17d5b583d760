using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Http;

/// <summary>
/// One request under observation. It stands in as the request's endpoint feature, whose setter sees every choice of routing, and
/// remembers the first one. Held by one request at a time.
/// </summary>
internal sealed class HttpExchange : IEndpointFeature
{
    private IFeatureCollection? _features;
    private IHttpRequestFeature? _request;
    private HttpMetrics? _metrics;
    private IEndpointFeature? _original;
    private Endpoint? _endpoint;
    private string? _path;
    private int _revision;
    private int _left;
    private int _taken;

    /// <summary>
    /// The endpoint first chosen. A handler that runs the pipeline again, for an exception or a status page, chooses its own page
    /// later; the request was for this one.
    /// </summary>
    public Endpoint? First { get; private set; }

    public int Method { get; private set; }

    public long StartedAt { get; private set; }

    public bool IsUpgraded { get; private set; }

    public HttpContext Context { get; private set; } = null!;

    public Endpoint? Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;

            // Nothing is chosen any more once the request is over, though the app may still hold the feature.
            if (First is null && value is not null && _request is not null && !IsRunAgain())
                First = value;
        }
    }

    /// <summary>False where a request has it already, as when the pipeline stands within itself.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <param name="context">The request's context, of which only features were read: it finds them anew once one was set.</param>
    /// <param name="features">Its features.</param>
    /// <param name="original">The endpoint feature that this one stands in for, where there is one.</param>
    /// <param name="request">What the server says of the request.</param>
    /// <param name="metrics">What an upgrade tells that the request has left the gauge.</param>
    /// <param name="method">The method's label.</param>
    /// <param name="startedAt">The time stamp of now.</param>
    public void Begin(
        HttpContext context, IFeatureCollection features, IEndpointFeature? original, IHttpRequestFeature request, HttpMetrics metrics, int method, long startedAt)
    {
        Context = context;
        Method = method;
        StartedAt = startedAt;
        _metrics = metrics;
        _features = features;
        _request = request;
        _path = request.Path;

        _original = original;
        _endpoint = First = original?.Endpoint;
        features[typeof(IEndpointFeature)] = this;
        _revision = features.Revision;
    }

    /// <summary>From here on it is a connection, not a request: it leaves the gauge and is not timed.</summary>
    public void Upgraded()
    {
        IsUpgraded = true;
        Leave();
    }

    /// <summary>Leaves the gauge, once: an upgrade that nobody awaits may come while the request ends, or after it.</summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
            _metrics!.Released(Method);
    }

    /// <summary>The endpoint that the request was for; where the app put a feature of its own in our place, what that says is all that is known.</summary>
    public Endpoint? Chosen() => First ?? (IsInPlace() ? null : ((IEndpointFeature?)_features![typeof(IEndpointFeature)])?.Endpoint);

    /// <summary>Puts the original feature back with the final endpoint, so that hosting and tracing read what they would without us.</summary>
    public void Restore()
    {
        // A feature that the app put in our place stays.
        if (!IsInPlace())
            return;
        if (_original is null && _endpoint is not null)
            _original = new FinalEndpoint();
        if (_original is not null)
            _original.Endpoint = _endpoint;
        _features![typeof(IEndpointFeature)] = _original;
    }

    /// <summary>The server's feature.</summary>
    public IEndpointFeature? Original => _original;

    /// <summary>Ready for the connection's next request. The endpoint stays to be read, as it does in the server's own feature.</summary>
    public void Clear()
    {
        _features = null;
        _request = null;
        _original = null;
        _path = null;
        First = null;
        IsUpgraded = false;
        Context = null!;
        _metrics = null;
        Volatile.Write(ref _taken, 0);
    }

    /// <summary>As long as no feature was set since, it need not be looked for.</summary>
    private bool IsInPlace() => _features!.Revision == _revision || ReferenceEquals(_features[typeof(IEndpointFeature)], this);

    /// <summary>
    /// Both handlers run the pipeline again at a path of their own; where the path is still the client's string itself, nothing needs
    /// to be looked up.
    /// </summary>
    private bool IsRunAgain() =>
        !ReferenceEquals(_request!.Path, _path)
        && (_features!.Get<IExceptionHandlerFeature>() is not null || _features.Get<IStatusCodeReExecuteFeature>() is not null);

    private sealed class FinalEndpoint : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
