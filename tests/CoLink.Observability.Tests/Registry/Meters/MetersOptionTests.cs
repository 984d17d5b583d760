using System.Diagnostics.Metrics;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Registry.Meters;

public sealed class MetersOptionTests
{
    [Fact]
    public async Task By_default_no_meter_is_listened_to()
    {
        using var meter = new Meter($"Shop.{Guid.NewGuid():N}");
        await using var app = await RunningApp.StartAsync();

        Assert.False(meter.CreateCounter<int>("orders").Enabled);
        Assert.DoesNotContain("kestrel_", (await app.ScrapeAsync()).Text);
    }

    [Fact]
    public async Task A_wildcard_names_meters_and_only_those()
    {
        var shop = $"Shop{Guid.NewGuid():N}";
        using var orders = new Meter($"{shop}.Orders");
        using var baskets = new Meter($"{shop}.Baskets");
        using var other = new Meter($"{shop}Other.Orders");
        await using var app = await RunningApp.StartAsync(settings: Meters($"{shop.ToUpperInvariant()}.*"));
        orders.CreateCounter<int>("orders").Add(1);
        baskets.CreateCounter<int>("baskets").Add(1);
        other.CreateCounter<int>("others").Add(1);

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("orders_total"));
        Assert.Equal(1, scrape.Value("baskets_total"));
        Assert.Null(scrape.Value("others_total"));
    }

    [Fact]
    public async Task Kestrel_and_outgoing_calls_are_a_line_each()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/hello", () => "hello"), settings: Meters("Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http"));
        await app.Client.GetStringAsync("/hello");

        var scrape = await app.ScrapeUntilAsync(s => s.All("http_client_request_duration_seconds_count", ("server_port", $"{app.Address.Port}")).Any());
        Assert.Equal(1, scrape.Value("kestrel_active_connections"));
        Assert.Contains(app.Logs.Of(140), line => line.Message.Contains("meters Microsoft.AspNetCore.Server.Kestrel System.Net.Http", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_meter_of_another_hosts_factory_is_that_hosts()
    {
        var name = $"Shop.{Guid.NewGuid():N}";
        await using var one = await RunningApp.StartAsync(settings: Meters(name));
        await using var other = await RunningApp.StartAsync(settings: Meters(name));
        using var shared = new Meter(name);
        one.Services.GetRequiredService<IMeterFactory>().Create(name).CreateCounter<int>("orders").Add(1);
        other.Services.GetRequiredService<IMeterFactory>().Create(name).CreateCounter<int>("orders").Add(2);
        shared.CreateCounter<int>("baskets").Add(4);

        Assert.Equal((1, 4), await ReadAsync(one));
        Assert.Equal((2, 4), await ReadAsync(other));

        static async Task<(double?, double?)> ReadAsync(RunningApp app)
        {
            var scrape = await app.ScrapeAsync();
            return (scrape.Value("orders_total"), scrape.Value("baskets_total"));
        }
    }

    [Fact]
    public async Task The_listener_ends_with_its_host()
    {
        using var meter = new Meter($"Shop.{Guid.NewGuid():N}");
        var orders = meter.CreateCounter<int>("orders");
        await using (await RunningApp.StartAsync(settings: Meters(meter.Name)))
            Assert.True(orders.Enabled);
        Assert.False(orders.Enabled);
    }

    private static Dictionary<string, string?> Meters(params string[] names) =>
        names.Select((name, i) => (name, i)).ToDictionary(pair => $"CoLink:Observability:Metrics:Meters:{pair.i}", pair => (string?)pair.name);
}
