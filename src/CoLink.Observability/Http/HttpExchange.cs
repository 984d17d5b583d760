using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Http;

/// <summary>
/// One request under observation. It stands in as the request's endpoint feature, whose setter sees every choice of routing, and
/// remembers the first one. Held by one request at a time.
/// </summary>
/// <remarks>
/// It outlives the youngest generations of the garbage collector, where each reference that is stored has its price. So what a
/// request has at hand anyway is handed in, and what seldom changes is stored when it does.
/// </remarks>
/// <param name="original">The endpoint feature that this one stands in for, where there is one.</param>
/// <param name="loose">For an exchange that serves one request only: the count, by method, of such that are in progress. The others are found by their connection.</param>
internal sealed class HttpExchange(IEndpointFeature? original, long[]? loose) : IEndpointFeature
{
    private IFeatureCollection? _features;
    private Endpoint? _endpoint;
    private int _revision;
    private bool _isTaken = loose is not null;
    private bool _isInProgress;

    /// <summary>
    /// The endpoint first chosen. A handler that runs the pipeline again, for an exception or a status page, chooses its own page
    /// later; the request was for this one.
    /// </summary>
    public Endpoint? First { get; private set; }

    public int Method { get; private set; }

    public long StartedAt { get; private set; }

    public bool IsUpgraded { get; private set; }

    /// <summary>What the client asked for, where somebody wants to know: the app may rewrite the request's.</summary>
    public string? Path { get; set; }

    public bool IsInProgress => Volatile.Read(ref _isInProgress);

    /// <summary>The server's feature.</summary>
    public IEndpointFeature? Original => original;

    public Endpoint? Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;

            // Nothing is chosen any more once the request is over, though the app may still hold the feature.
            if (First is null && value is not null && _isTaken && !IsRunAgain())
                First = value;
        }
    }

    /// <summary>False where a request has it already, as when the pipeline stands within itself. A connection asks for one request at a time.</summary>
    public bool TryTake() => !_isTaken && (_isTaken = true);

    /// <param name="features">The request's features.</param>
    /// <param name="method">The method's label.</param>
    /// <param name="startedAt">The time stamp of now.</param>
    public void Begin(IFeatureCollection features, int method, long startedAt)
    {
        Method = method;
        StartedAt = startedAt;
        if (!ReferenceEquals(_features, features))
            _features = features;

        _endpoint = First = original?.Endpoint;
        features[typeof(IEndpointFeature)] = this;
        _revision = features.Revision;

        // Last, for whoever counts the methods meanwhile.
        Volatile.Write(ref _isInProgress, true);
        if (loose is not null)
            Interlocked.Increment(ref loose[method]);
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
        if (loose is null)
            Volatile.Write(ref _isInProgress, false);
        else if (Interlocked.Exchange(ref _isInProgress, false))
            Interlocked.Decrement(ref loose[Method]);
    }

    /// <summary>The endpoint that the request was for; where the app put a feature of its own in our place, what that says is all that is known.</summary>
    public Endpoint? Chosen() => First ?? (IsInPlace() ? null : ((IEndpointFeature?)_features![typeof(IEndpointFeature)])?.Endpoint);

    /// <summary>Puts the original feature back with the final endpoint, so that hosting and tracing read what they would without us.</summary>
    public void Restore()
    {
        // A feature that the app put in our place stays.
        if (!IsInPlace())
            return;
        var final = original ?? (_endpoint is null ? null : new FinalEndpoint());
        if (final is not null)
            final.Endpoint = _endpoint;
        _features![typeof(IEndpointFeature)] = final;
    }

    /// <summary>Ready for the connection's next request. The endpoint stays to be read, as it does in the server's own feature.</summary>
    public void Clear()
    {
        Leave();
        First = null;
        Path = null;
        IsUpgraded = false;
        _isTaken = false;
    }

    /// <summary>As long as no feature was set since, it need not be looked for.</summary>
    private bool IsInPlace() => _features!.Revision == _revision || ReferenceEquals(_features[typeof(IEndpointFeature)], this);

    /// <summary>Both handlers that run the pipeline again set a feature; where none was set, nothing needs to be looked up.</summary>
    private bool IsRunAgain() =>
        _features!.Revision != _revision
        && (_features.Get<IExceptionHandlerFeature>() is not null || _features.Get<IStatusCodeReExecuteFeature>() is not null);

    private sealed class FinalEndpoint : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
