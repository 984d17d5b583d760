using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Http;

/// <summary>What an endpoint is to the metrics. Made once an endpoint and kept with it.</summary>
internal sealed class HttpRoute(string template)
{
    private readonly HttpSeries?[] _series = new HttpSeries?[HttpCatalogue.Methods.Length];

    /// <summary>The value of the label <c>endpoint</c>.</summary>
    public string Template => template;

    /// <summary>False where the endpoint asked not to be measured.</summary>
    public bool IsMeasured { get; init; } = true;

    /// <summary>True where the endpoint's requests live as long as their client: a hub's long polling, a gRPC stream.</summary>
    public bool IsStream { get; init; }

    /// <summary>True for a gRPC method that is known to answer once; where the method is not known, as behind a proxy, its length says nothing.</summary>
    public bool IsUnaryCall { get; init; }

    /// <summary>True where the endpoint says that it answers with a stream of events; another of its requests may be answered at once.</summary>
    public bool MayStream { get; init; }

    /// <summary>
    /// True where a request that does not end is no request that hangs: its length is its client's affair, or nobody's. By what the
    /// endpoint says, not by what it once answered: behind the one route of a proxy, a stream would hide all that hangs.
    /// </summary>
    public bool IsOpenEnded => !IsMeasured || IsStream || MayStream;

    public HttpSeries Series(int method, HttpMetrics metrics) => _series[method] ??= metrics.Series(method, template);
}
