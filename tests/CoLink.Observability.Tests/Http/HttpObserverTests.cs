using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpObserverTests
{
    [Fact]
    public async Task A_request_is_counted_and_timed_under_its_route_template()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/hello/{name}", (string name) => $"hello {name}"));

        await app.Client.GetStringAsync("/hello/world");

        var scrape = await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) == 1);
        Assert.Equal(1, scrape.Value("http_request_duration_seconds_count", ("method", "GET"), ("endpoint", "/hello/{name}")));
        Assert.Equal(0, scrape.Sum("http_requests_in_progress"));
    }
}
