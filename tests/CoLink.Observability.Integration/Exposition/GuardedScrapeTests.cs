using System.Globalization;
using System.Net;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace CoLink.Observability.Integration.Exposition;

/// <summary>Prometheus passes the guards with its own authorization settings, and is kept out without.</summary>
public sealed class GuardedScrapeTests
{
    private const string Token = "a-token-of-the-tests";

    [Fact]
    public async Task Prometheus_with_the_token_scrapes_and_with_another_or_none_does_not()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/", () => "hello"),
            settings: new Dictionary<string, string?> { ["CoLink:Observability:Metrics:BearerToken"] = Token });
        await using var prometheus = await PrometheusServer.StartAsync(
            new ScrapeJob("right", app.Address, Token), new ScrapeJob("wrong", app.Address, Token + "!"), new ScrapeJob("none", app.Address));

        await prometheus.ValueAsync("up{job='right'}", 1);
        await prometheus.ValueAsync("up{job='wrong'}", 0);
        await prometheus.ValueAsync("up{job='none'}", 0);
        Assert.Contains("401", await prometheus.LastErrorAsync("wrong"), StringComparison.Ordinal);
        Assert.Contains("401", await prometheus.LastErrorAsync("none"), StringComparison.Ordinal);
        await prometheus.ValueAsync("count(colink_build_info) by (job)", 1);
    }

    [Fact]
    public async Task Prometheus_scrapes_a_port_of_its_own_and_no_longer_the_apps()
    {
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/", () => "hello"),
            settings: new Dictionary<string, string?>
            {
                ["CoLink:Observability:Metrics:BearerToken"] = Token,
                ["CoLink:Observability:Metrics:Port"] = port.ToString(CultureInfo.InvariantCulture),
            });
        var own = new UriBuilder("http", IPAddress.Loopback.ToString(), port).Uri;
        await using var prometheus = await PrometheusServer.StartAsync(
            new ScrapeJob("own", own, Token), new ScrapeJob("wrong", own, Token + "!"), new ScrapeJob("app", app.Address, Token));

        await app.Client.GetStringAsync("/");

        await prometheus.ValueAsync("up{job='own'}", 1);
        await prometheus.ValueAsync("up{job='wrong'}", 0);
        await prometheus.ValueAsync("up{job='app'}", 0);
        Assert.Contains("401", await prometheus.LastErrorAsync("wrong"), StringComparison.Ordinal);
        Assert.Contains("404", await prometheus.LastErrorAsync("app"), StringComparison.Ordinal);
        await prometheus.ValueAsync("""http_requests_total{job="own",endpoint="/",status="200"}""", 1);
    }
}
