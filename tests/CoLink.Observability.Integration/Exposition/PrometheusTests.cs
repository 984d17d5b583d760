using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Integration.Exposition;

/// <summary>A real Prometheus stores what was sent, in the format it asks for by default, OpenMetrics, and in text.</summary>
public sealed class PrometheusTests
{
    private const int Hellos = 7;
    private const int Failures = 3;

    [Fact]
    public async Task Prometheus_stores_what_was_sent_when_it_scrapes_openmetrics()
    {
        await using var app = await StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(new ScrapeJob("app", app.Address));

        await SendAsync(app);

        await AssertStoredAsync(prometheus, app);

        // Text has no exemplars: this one is proof of the format as well.
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var traced = new HttpRequestMessage(HttpMethod.Get, "/hello/traced");
        traced.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await app.Client.SendAsync(traced);
        IReadOnlyList<string?> traces = [];
        await Wait.ForAsync(
            async () => (traces = await prometheus.ExemplarTracesAsync("http_request_duration_seconds_bucket")).Contains(trace) ? trace : null,
            () => $"the exemplar {trace} among [{string.Join(", ", traces)}]");
    }

    [Fact]
    public async Task Prometheus_stores_what_was_sent_when_it_scrapes_text()
    {
        await using var app = await StartAsync();

        // Prometheus 2 always prefers OpenMetrics and has no setting against it.
        await using var text = await RunningApp.StartAsync(
            a => a.MapGet("/metrics", async (HttpContext context) =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
                var response = await app.Client.SendAsync(request);
                Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
                context.Response.ContentType = response.Content.Headers.ContentType.ToString();
                await response.Content.CopyToAsync(context.Response.Body);
            }),
            observe: false);
        await using var prometheus = await PrometheusServer.StartAsync(new ScrapeJob("app", text.Address));

        await SendAsync(app);

        await AssertStoredAsync(prometheus, app);
    }

    private static Task<RunningApp> StartAsync() => RunningApp.StartAsync(a =>
    {
        a.MapGet("/hello/{name}", (string name) => $"hello {name}");
        a.MapPost("/broken", string () => throw new InvalidOperationException("broken"));
    });

    private static async Task SendAsync(RunningApp app)
    {
        for (var i = 0; i < Hellos; i++)
            await app.Client.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"/hello/{i}"));
        for (var i = 0; i < Failures; i++)
            await app.Client.PostAsync("/broken", null);
    }

    private static async Task AssertStoredAsync(PrometheusServer prometheus, RunningApp app)
    {
        await prometheus.ValueAsync("up", 1);
        await prometheus.ValueAsync("""http_requests_total{method="GET",endpoint="/hello/{name}",status="200"}""", Hellos);
        await prometheus.ValueAsync("""http_requests_total{method="POST",endpoint="/broken",status="500"}""", Failures);
        await prometheus.ValueAsync("""http_request_duration_seconds_count{endpoint="/hello/{name}"}""", Hellos);
        await prometheus.ValueAsync("""http_request_duration_seconds_bucket{endpoint="/broken",le="+Inf"}""", Failures);
        await prometheus.ValueAsync("sum(http_requests_total)", Hellos + Failures);
        await prometheus.ValueAsync("sum(http_requests_in_progress)", 0);

        var own = (await app.ScrapeAsync()).Samples.Where(sample => sample.Name.StartsWith("http_", StringComparison.Ordinal)).Select(Comparable).Order().ToArray();
        await prometheus.QueryUntilAsync("""{__name__=~"http_.*"}""", stored => own.SequenceEqual(stored.Select(Comparable).Order()));
    }

    /// <summary>One form for both formats: OpenMetrics writes a bound of 1 as 1.0.</summary>
    private static string Comparable(Scrape.SampleLine sample)
    {
        var labels = sample.Labels.Select(label => (label.Key, Value: label.Key == "le" && label.Value != "+Inf" ? Bound(label.Value) : label.Value));
        return string.Create(CultureInfo.InvariantCulture, $"{sample.Name}{{{string.Join(',', labels.Select(label => $"{label.Key}={label.Value}").Order())}}} {sample.Value:R}");
    }

    private static string Bound(string text) => double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
}
