using System.Runtime.CompilerServices;
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

    /// <param name="original">The server's feature; a server that keeps none, as the test server, gets an exchange a request.</param>
    public HttpExchange Take(IEndpointFeature? original)
    {
        if (original is null)
            return new HttpExchange();
        var exchange = _byConnection.GetValue(original, static _ => new HttpExchange());
        return exchange.TryTake() ? exchange : new HttpExchange();
    }

    public static void GiveBack(HttpExchange exchange) => exchange.Clear();

    /// <summary>The exchange stays with who may still hold it.</summary>
    public void Forget(IEndpointFeature? original)
    {
        if (original is not null)
            _byConnection.Remove(original);
    }
}
