using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Http;

/// <summary>
/// One request under observation. It stands in as the request's endpoint feature, whose setter sees every choice of routing, and
/// remembers the first one. Rented, and held by one request at a time.
/// </summary>
internal sealed class HttpExchange : IEndpointFeature
{
    private IFeatureCollection? _features;
    private IEndpointFeature? _original;
    private Endpoint? _endpoint;
    private bool _reset;

    /// <summary>
    /// The endpoint first chosen. A handler that runs the pipeline again, for an exception or a status page, chooses its own page
    /// later; the request was for this one.
    /// </summary>
    public Endpoint? First { get; private set; }

    public int Method { get; private set; }

    public long StartedAt { get; private set; }

    public bool IsUpgraded { get; private set; }

    public HttpContext Context { get; private set; } = null!;

    private HttpMetrics? Metrics { get; set; }

    public Endpoint? Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;
            if (First is not null)
                return;
            if (value is null)
                _reset = true;
            else if (!_reset || !IsRunAgain())
                First = value;
        }
    }

    public void Begin(HttpContext context, HttpMetrics metrics, int method, long startedAt)
    {
        Context = context;
        Metrics = metrics;
        Method = method;
        StartedAt = startedAt;

        // By type, not by the generic methods, which an interface cannot resolve without a look-up: they cost four times as much.
        var features = _features = context.Features;
        _original = (IEndpointFeature?)features[typeof(IEndpointFeature)];
        _endpoint = First = _original?.Endpoint;
        features[typeof(IEndpointFeature)] = this;
    }

    /// <summary>From here on it is a connection, not a request: it leaves the gauge and is not timed.</summary>
    public void Upgraded()
    {
        // Without metrics the request is over: an upgrade that comes late finds nothing to leave.
        if (IsUpgraded || Metrics is null)
            return;
        IsUpgraded = true;
        Metrics.Released(Method);
    }

    /// <summary>Puts the original feature back with the final endpoint, so that hosting and tracing read what they would without us.</summary>
    public void Restore()
    {
        var features = _features!;
        if (!ReferenceEquals(features[typeof(IEndpointFeature)], this))
            return;
        if (_original is null && _endpoint is not null)
            _original = new FinalEndpoint();
        if (_original is not null)
            _original.Endpoint = _endpoint;
        features[typeof(IEndpointFeature)] = _original;
    }

    public void Clear()
    {
        _features = null;
        _original = null;
        _endpoint = null;
        _reset = false;
        First = null;
        IsUpgraded = false;
        Context = null!;
        Metrics = null;
    }

    /// <summary>Only asked after the endpoint was taken away, which both handlers do before they run the pipeline again.</summary>
    private bool IsRunAgain() =>
        _features!.Get<IExceptionHandlerFeature>() is not null || _features.Get<IStatusCodeReExecuteFeature>() is not null;

    private sealed class FinalEndpoint : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
