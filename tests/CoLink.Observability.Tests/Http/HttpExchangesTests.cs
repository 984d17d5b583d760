using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
        var exchange = _exchanges.Take(null);
        var context = new DefaultHttpContext();
        exchange.Begin(context.Features, HttpMethodLabel.Get, 0);
        var chosen = new Endpoint(null, null, "an endpoint");
        exchange.Endpoint = chosen;
        Assert.Same(chosen, exchange.First);

        HttpExchanges.GiveBack(exchange);
        Assert.Same(chosen, exchange.Endpoint);
        exchange.Endpoint = new Endpoint(null, null, "too late");

        Assert.Null(exchange.First);
        Assert.False(exchange.IsUpgraded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_request_is_in_progress_from_its_begin_until_it_leaves_or_ends(bool hasConnection)
    {
        var exchange = _exchanges.Take(hasConnection ? new Feature() : null);
        Assert.Equal(0, InProgress());

        exchange.Begin(new FeatureCollection(), HttpMethodLabel.Post, 0);
        Assert.Equal(1, InProgress());
        exchange.Leave();
        Assert.Equal(0, InProgress());

        HttpExchanges.GiveBack(exchange);
        Assert.Equal(0, InProgress());
    }

    [Fact]
    public void A_request_of_any_endpoint_is_in_progress_unless_somebody_says_that_it_may_last()
    {
        var exchange = _exchanges.Take(new Feature());
        exchange.Begin(new FeatureCollection(), HttpMethodLabel.Post, 0);
        exchange.Endpoint = new Endpoint(null, null, "an endpoint");
        Assert.Equal(1, InProgress());

        _exchanges.IsOpenEnded = _ => true;
        Assert.Equal(0, InProgress());
    }

    private long InProgress()
    {
        var now = new long[HttpCatalogue.Methods.Length];
        _exchanges.CountInProgress(now);
        Assert.Equal(now.Sum(), now[HttpMethodLabel.Post]);
        return now[HttpMethodLabel.Post];
    }

    private sealed class Feature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
