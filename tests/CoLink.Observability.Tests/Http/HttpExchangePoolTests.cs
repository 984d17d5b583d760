using System.Collections.Concurrent;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpExchangePoolTests
{
    [Fact]
    public void An_exchange_is_rented_to_one_request_at_a_time()
    {
        var pool = new HttpExchangePool();
        var held = new ConcurrentDictionary<HttpExchange, int>();
        var shared = 0;

        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var exchange = pool.Rent();
                if (!held.TryAdd(exchange, worker))
                    Interlocked.Increment(ref shared);
                held.TryRemove(exchange, out _);
                pool.Return(exchange);
            }
        });

        Assert.Equal(0, shared);
    }

    [Fact]
    public void A_returned_exchange_remembers_nothing()
    {
        var pool = new HttpExchangePool();
        var registry = new MetricRegistry(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);
        var exchange = new HttpExchange();
        var context = new DefaultHttpContext();
        exchange.Begin(context, context.Features, context.Features.GetRequiredFeature<IHttpRequestFeature>(), new HttpMetrics(registry), HttpMethodLabel.Get, 0);
        exchange.Endpoint = new Endpoint(null, null, "an endpoint");
        Assert.NotNull(exchange.First);

        pool.Return(exchange);

        Assert.Null(exchange.First);
        Assert.Null(exchange.Endpoint);
        Assert.Null(exchange.Context);
        Assert.False(exchange.IsUpgraded);
    }
}
