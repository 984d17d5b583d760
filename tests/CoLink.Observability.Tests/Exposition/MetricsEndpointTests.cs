using System.IO.Compression;
using System.Net;
using System.Text;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Exposition;

public sealed class MetricsEndpointTests
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("BREW")]
    public async Task Only_get_and_head_scrape(string method)
    {
        await using var app = await RunningApp.StartAsync(a => a.MapFallback(() => "app"));

        using var response = await SendAsync(app, method, "/metrics", body: method is "POST" or "PUT" ? new string('x', 100_000) : null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Empty(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(0, (await app.ScrapeAsync()).Sum("colink_telemetry_scrapes_total"));
    }

    [Theory]
    [InlineData(Text, "text/plain", null)]
    [InlineData(OpenMetrics, "application/openmetrics-text", "gzip")]
    public async Task Head_answers_as_get_without_the_body_and_is_no_scrape(string type, string accept, string? encoding)
    {
        await using var app = await RunningApp.StartAsync();

        using var head = await SendAsync(app, "HEAD", "/metrics", accept, encoding);
        using var get = await SendAsync(app, "GET", "/metrics", accept, encoding);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(type, Raw(head.Content.Headers, "Content-Type"));
        Assert.Equal(get.Content.Headers.ToString(), head.Content.Headers.ToString());
        Assert.Equal(get.Headers.Vary, head.Headers.Vary);
        Assert.Equal(1, (await app.ScrapeAsync()).Sum("colink_telemetry_scrapes_total"));
    }

    [Theory]
    [InlineData("/metrics", true)]
    [InlineData("/metrics?format=prometheus", true)]
    [InlineData("/METRICS", true)]
    [InlineData("/%6Detrics", true)]
    [InlineData("/metrics/", false)]
    [InlineData("/metrics/sub", false)]
    [InlineData("/metricsx", false)]
    [InlineData("//metrics", false)]
    [InlineData("/v1/metrics", false)]
    [InlineData("/", false)]
    public async Task The_path_answers_exactly_and_in_any_case(string path, bool answers)
    {
        await using var plain = await RunningApp.StartAsync();
        await using var catchAll = await RunningApp.StartAsync(a => a.MapGet("/{**rest}", () => "the app's own"));

        using var response = await plain.Client.GetAsync(new Uri(plain.Address.GetLeftPart(UriPartial.Authority) + path), Cancellation);
        var text = await catchAll.Client.GetStringAsync(new Uri(catchAll.Address.GetLeftPart(UriPartial.Authority) + path), Cancellation);

        Assert.Equal(answers ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(answers, text.Contains("colink_build_info", StringComparison.Ordinal));
        Assert.Equal(!answers, text == "the app's own");
    }

    [Fact]
    public async Task Another_path_may_be_set()
    {
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.Path = "/internal/metrics");

        using var standard = await app.Client.GetAsync("/metrics", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, standard.StatusCode);
        Assert.Contains("colink_build_info", await app.Client.GetStringAsync("/internal/metrics", Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, Text)]
    [InlineData("application/json", Text)]
    [InlineData(";;;", Text)]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", OpenMetrics)]
    public async Task The_content_type_says_what_is_served(string? accept, string type)
    {
        await using var app = await RunningApp.StartAsync();

        using var response = await SendAsync(app, "GET", "/metrics", accept);
        var body = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, Raw(response.Content.Headers, "Content-Type"));
        Assert.Equal(type == OpenMetrics ? 1 : 0, Count(body, "# EOF"));
        Assert.Equal(type == OpenMetrics, body.EndsWith("\n# EOF\n", StringComparison.Ordinal));
        Assert.EndsWith("\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', body);
    }

    [Fact]
    public async Task An_exposition_is_not_for_caches()
    {
        await using var app = await RunningApp.StartAsync();

        using var response = await SendAsync(app, "GET", "/metrics", "text/plain", "gzip");

        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
        Assert.Null(response.Headers.ETag);
        Assert.Null(response.Content.Headers.LastModified);
        Assert.Null(response.Content.Headers.Expires);
        Assert.Null(response.Headers.Age);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    [InlineData(null, false)]
    public async Task Gzip_is_given_where_asked_for_and_holds_the_same_families(string? encoding, bool gzip)
    {
        await using var app = await RunningApp.StartAsync();
        var plain = await app.ScrapeAsync();

        using var response = await SendAsync(app, "GET", "/metrics", "text/plain", encoding);
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal(gzip ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
        var text = Encoding.UTF8.GetString(gzip ? await DecompressAsync(bytes) : bytes);
        Assert.Equal(Families(plain.Text), Families(text));
        if (gzip)
            Assert.True(bytes.Length < text.Length / 2, $"{bytes.Length} bytes for {text.Length}");
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("text/plain", "gzip")]
    [InlineData("application/openmetrics-text", null)]
    [InlineData("application/openmetrics-text", "gzip")]
    public async Task The_scrapes_own_family_says_what_happened(string accept, string? encoding)
    {
        await using var app = await RunningApp.StartAsync();

        using var first = await SendAsync(app, "GET", "/metrics", accept, encoding);
        var bytes = await first.Content.ReadAsByteArrayAsync(Cancellation);
        var size = encoding is null ? bytes.Length : (await DecompressAsync(bytes)).Length;
        var second = await app.ScrapeAsync();

        Assert.Equal(size, second.Value("colink_telemetry_scrape_bytes", ("outcome", "success")));
        Assert.Equal(1, second.Value("colink_telemetry_scrapes_total", ("outcome", "success")));
        Assert.Equal(1, second.Sum("colink_telemetry_scrapes_total"));
        Assert.Equal(1, second.Value("colink_telemetry_scrape_duration_seconds_count", ("outcome", "success")));
        Assert.True(second.Value("colink_telemetry_scrape_duration_seconds_sum", ("outcome", "success")) > 0);
        Assert.Single(second.All("colink_telemetry_scrape_bytes"));
    }

    [Fact]
    public async Task Every_outcome_of_a_scrape_starts_at_zero()
    {
        await using var app = await RunningApp.StartAsync();

        var scrapes = (await app.ScrapeAsync()).All("colink_telemetry_scrapes_total").ToList();

        Assert.Equal(["aborted", "busy", "failed", "forbidden", "success", "unauthorized"], scrapes.Select(scrape => scrape.Labels["outcome"]).Order());
        Assert.All(scrapes, scrape => Assert.Equal(0, scrape.Value));
    }

    [Fact]
    public async Task A_failing_refresh_costs_only_its_own_metrics()
    {
        await using var app = await RunningApp.StartAsync();
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        var after = registry.Gauge("messaging_queue_items", "Messages that wait.");
        registry.BeforeScrape("runtime", () => throw new InvalidOperationException("no such file"));
        registry.BeforeScrape("meters", () => after.Set(7));

        await app.ScrapeAsync();
        var scrape = await app.ScrapeAsync();

        Assert.Equal(7, scrape.Value("messaging_queue_items"));
        Assert.Equal(2, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "runtime")));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "exposition")));
        Assert.Equal(1, scrape.Value("colink_telemetry_scrapes_total", ("outcome", "success")));
        Assert.Single(app.Logs.Lines, line => line.Exception?.Message == "no such file");
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningApp app, string method, string path, string? accept = null, string? encoding = null, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body) };
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        if (encoding is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        return await app.Client.SendAsync(request, Cancellation);
    }

    private static string Raw(System.Net.Http.Headers.HttpContentHeaders headers, string name) => string.Join(", ", headers.NonValidated[name]);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string[] Families(string text) => [.. text.Split('\n').Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static async Task<byte[]> DecompressAsync(byte[] bytes)
    {
        await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var plain = new MemoryStream();
        await gzip.CopyToAsync(plain, Cancellation);
        return plain.ToArray();
    }
}
