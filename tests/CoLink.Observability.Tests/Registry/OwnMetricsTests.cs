using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Registry;

public sealed class OwnMetricsTests
{
    [Fact]
    public async Task A_service_declares_and_counts_its_own_in_two_lines()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapPost("/orders/{kind}", (string kind, Orders orders) => orders.Place(kind)),
            b => b.Services.AddSingleton<Orders>());

        await app.Client.PostAsync("/orders/book", null);
        await app.Client.PostAsync("/orders/book", null);

        var scrape = await app.ScrapeAsync();
        Assert.Equal(2, scrape.Value("orders_placed_total", ("kind", "book")));
        Assert.Contains("# HELP orders_placed_total Orders placed.\n# TYPE orders_placed_total counter\n", scrape.Text);
    }

    [Fact]
    public async Task Two_hosts_in_one_process_do_not_see_each_other()
    {
        await using var one = await RunningApp.StartAsync();
        await using var other = await RunningApp.StartAsync();
        one.Services.GetRequiredService<MetricRegistry>().Counter("orders_placed_total", "Orders placed.").Inc();

        Assert.Equal(1, (await one.ScrapeAsync()).Value("orders_placed_total"));
        Assert.Null((await other.ScrapeAsync()).Value("orders_placed_total"));
    }

    [Fact]
    public async Task A_cap_of_the_configuration_holds()
    {
        await using var app = await RunningApp.StartAsync(settings: new Dictionary<string, string?>
        {
            ["CoLink:Observability:Metrics:MaxSeriesPerMetric"] = "3",
            ["CoLink:Observability:Metrics:SeriesLimits:few_total"] = "1",
        });
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        var (few, many) = (registry.Counter("few_total", "Few.", "id"), registry.Counter("many_total", "Many.", "id"));
        for (var i = 0; i < 9; i++)
        {
            few.Inc($"{i}");
            many.Inc($"{i}");
        }

        var scrape = await app.ScrapeAsync();
        Assert.Equal(8, scrape.Value("few_total", ("id", "_other")));
        Assert.Equal(6, scrape.Value("many_total", ("id", "_other")));
    }

    private sealed class Orders(MetricRegistry metrics)
    {
        private readonly CounterFamily _placed = metrics.Counter("orders_placed_total", "Orders placed.", "kind");

        public void Place(string kind) => _placed.Inc(kind);
    }
}
