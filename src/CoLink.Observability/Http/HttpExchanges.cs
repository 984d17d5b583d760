using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Http;

/// <summary>
/// One exchange a connection, or a stream of one: it belongs to the endpoint feature that the server keeps for it, lives as long, and
/// serves its requests one after the other. An app that holds on to the feature reaches the requests of that connection alone, as
/// it does without us; from a pool it would reach anybody's.
/// </summary>
internal sealed class HttpExchanges
{
    private readonly ConditionalWeakTable<IEndpointFeature, HttpExchange> _byConnection = [];
    private readonly long[] _loose = new long[HttpCatalogue.Methods.Length];

    /// <summary>Whether requests of an endpoint may last as they like, and so are not in progress; none do, unless somebody says so.</summary>
    public Func<Endpoint, bool> IsOpenEnded { private get; set; } = static _ => false;

    /// <param name="original">The server's feature; a server that keeps none, as the test server, gets an exchange a request.</param>
    public HttpExchange Take(IEndpointFeature? original)
    {
        if (original is null)
            return new HttpExchange(null, _loose);
        if (!_byConnection.TryGetValue(original, out var exchange))
            exchange = _byConnection.GetValue(original, static feature => new HttpExchange(feature, null));
        return exchange.TryTake() ? exchange : new HttpExchange(original, _loose);
    }

    public static void GiveBack(HttpExchange exchange) => exchange.Clear();

    /// <summary>The exchange stays with who may still hold it.</summary>
    public void Forget(IEndpointFeature? original)
    {
        if (original is not null)
            _byConnection.Remove(original);
    }

    /// <summary>
    /// The requests in progress now, by method. Each request would pay twice for a counter that all share; a scrape, which is rare,
    /// counts those that it finds under way.
    /// </summary>
    public void CountInProgress(Span<long> byMethod)
    {
        for (var method = 0; method < byMethod.Length; method++)
            byMethod[method] = Interlocked.Read(ref _loose[method]);
        foreach (var (_, exchange) in _byConnection)
        {
            if (exchange.IsInProgress && !(exchange.First is { } endpoint && IsOpenEnded(endpoint)))
                byMethod[exchange.Method]++;
        }
    }
}
