using System.Net.Http.Headers;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.WebSockets;
using Microsoft.AspNetCore.Builder;

namespace CoLink.Observability.Tests.Http;

/// <summary>A bucket of the request histogram, and the request counter, lead to the trace of a request that was exported.</summary>
[Collection(nameof(ProcessWide))]
public sealed class RequestExemplarTests
{
    private static readonly string[] Metrics = ["http_request_duration_seconds_bucket", "http_requests_total"];

    [Fact]
    public async Task A_sampled_request_is_the_exemplar_of_its_bucket_and_of_its_count()
    {
        using var exported = new ExportedSpans();
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/hello/{name}", (string name) => name), exported.AddTo);
        await app.Client.GetStringAsync("/hello/world");
        await app.ScrapeUntilAsync(scrape => scrape.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) == 1);
        await Eventually.IsTrue(() => exported.Requests.Any());

        var request = exported.Requests.Single().Activity;
        var lines = await LinesAsync(app);

        Assert.All(Metrics, metric => Assert.Contains(
            $"# {{trace_id=\"{request.TraceId}\",span_id=\"{request.SpanId}\"}} ",
            Assert.Single(lines, line => line.StartsWith(metric, StringComparison.Ordinal) && line.Contains(" # {", StringComparison.Ordinal)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_is_not_sampled_leads_nowhere()
    {
        using var exported = new ExportedSpans(ratio: 0);
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/hello/{name}", (string name) => name), exported.AddTo);
        await app.Client.GetStringAsync("/hello/world");
        await app.ScrapeUntilAsync(scrape => scrape.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) == 1);

        Assert.DoesNotContain(await LinesAsync(app), line => line.Contains(" # {", StringComparison.Ordinal));
    }

    /// <summary>Its count is due when the connection ends; its span was exported long before, and is where the trace begins.</summary>
    [Fact]
    public async Task A_connections_count_leads_to_its_handshake()
    {
        using var exported = new ExportedSpans();
        await using var app = await SocketApp.ServeAsync(SocketApp.EchoAsync, exported.AddTo);
        using var socket = await app.ConnectAsync();
        await socket.CloseAsync();
        await app.ScrapeUntilAsync(scrape => scrape.Value("http_requests_total", ("endpoint", "/ws/{channel}"), ("status", "101")) == 1);

        var handshake = exported.Requests.Single().Activity;

        Assert.Contains(await LinesAsync(app), line =>
            line.StartsWith("http_requests_total", StringComparison.Ordinal) && line.Contains($"span_id=\"{handshake.SpanId}\"", StringComparison.Ordinal));
    }

    private static async Task<string[]> LinesAsync(RunningApp app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0"));
        using var response = await app.Client.SendAsync(request);
        return (await response.Content.ReadAsStringAsync()).Split('\n');
    }
}
