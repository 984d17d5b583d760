using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpExchangesTests
{
    private readonly HttpExchanges _exchanges = new();

    [Fact]
    public void A_connection_has_the_same_exchange_for_one_request_after_the_other()
    {
        var connection = new Feature();

        var first = _exchanges.Take(connection);
        HttpExchanges.GiveBack(first);

        Assert.Same(first, _exchanges.Take(connection));
    }

    [Fact]
    public void No_exchange_is_in_two_requests_or_on_two_connections()
    {
        var connection = new Feature();
        var first = _exchanges.Take(connection);

        Assert.NotSame(first, _exchanges.Take(connection));
        HttpExchanges.GiveBack(first);
        Assert.NotSame(first, _exchanges.Take(new Feature()));
        Assert.NotSame(_exchanges.Take(null), _exchanges.Take(null));
    }

    [Fact]
    public void An_exchange_that_may_still_be_held_is_not_used_again()
    {
        var connection = new Feature();
        var upgraded = _exchanges.Take(connection);

        _exchanges.Forget(connection);

        var next = _exchanges.Take(connection);
        Assert.NotSame(upgraded, next);
        HttpExchanges.GiveBack(next);
        Assert.Same(next, _exchanges.Take(connection));
    }

    [Fact]
    public void What_is_set_after_the_request_chooses_nothing()
    {
        var registry = new MetricRegistry(SeriesLimits.Default, NullLogger<MetricRegistry>.Instance);
        var exchange = _exchanges.Take(null);
        var context = new DefaultHttpContext();
        exchange.Begin(context, context.Features, null, context.Features.GetRequiredFeature<IHttpRequestFeature>(), new HttpMetrics(registry), HttpMethodLabel.Get, 0);
        var chosen = new Endpoint(null, null, "an endpoint");
        exchange.Endpoint = chosen;
        Assert.Same(chosen, exchange.First);

        HttpExchanges.GiveBack(exchange);
        Assert.Same(chosen, exchange.Endpoint);
        exchange.Endpoint = new Endpoint(null, null, "too late");

        Assert.Null(exchange.First);
        Assert.Null(exchange.Context);
        Assert.False(exchange.IsUpgraded);
    }

    private sealed class Feature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
