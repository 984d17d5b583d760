using System.Net;
using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Exposition;

public sealed class ScrapeLimitTests
{
    private const int Series = 12_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scrape_too_many_is_asked_to_come_back()
    {
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.MaxConcurrentScrapes = 1);
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        app.Services.GetRequiredService<MetricRegistry>().BeforeScrape("meters", () =>
        {
            entered.Set();
            gate.Wait(Eventually.Bound);
        });

        var held = app.Client.GetAsync("/metrics", Cancellation);
        Assert.True(entered.Wait(Eventually.Bound, Cancellation));
        using var busy = await app.Client.GetAsync("/metrics", Cancellation);
        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"), Cancellation);
        gate.Set();
        using var first = await held;
        var next = await app.ScrapeAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), busy.Headers.RetryAfter!.Delta);
        Assert.Empty(busy.Content.Headers.ContentEncoding);
        Assert.Contains("CoLink:Observability:Metrics:MaxConcurrentScrapes", await busy.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(1, next.Value("colink_telemetry_scrapes_total", ("outcome", "busy")));
        Assert.Equal(1, next.Value("colink_telemetry_scrapes_total", ("outcome", "success")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Accept-Encoding: gzip")]
    public async Task A_scraper_that_goes_away_gives_its_place_back(string? header)
    {
        await using var app = await StartLargeAsync();
        using var slow = await RawScrape.SendAsync(app.Address, header is null ? [] : [header]);
        Assert.StartsWith("HTTP/1.1 200", await slow.ReadSomeAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(app));

        slow.Dispose();

        await Eventually.IsTrue(() => Scrapes(app, ExpositionMetrics.Aborted) == 1);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));
        Assert.Equal(1, Scrapes(app, ExpositionMetrics.Success));
        Assert.Equal(0, Scrapes(app, ExpositionMetrics.Failed));
        Assert.Empty(app.Logs.Of(121));
    }

    [Fact]
    public async Task A_reader_that_dawdles_loses_its_place_after_a_minute()
    {
        var time = new FakeTimeProvider();
        await using var app = await StartLargeAsync(time);
        using var slow = await RawScrape.SendAsync(app.Address);
        await slow.ReadSomeAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(app));

        time.Advance(TimeSpan.FromSeconds(2));

        await Eventually.IsTrue(() => Scrapes(app, ExpositionMetrics.Aborted) == 1);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));
    }

    [Fact]
    public async Task A_slow_reader_that_goes_on_gets_all_of_it()
    {
        await using var app = await StartLargeAsync();
        using var slow = await RawScrape.SendAsync(app.Address);
        await slow.ReadSomeAsync(Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(app));

        var rest = await slow.ReadToEndAsync(Cancellation);

        Assert.EndsWith("0\r\n\r\n", rest, StringComparison.Ordinal);
        Assert.Equal(1, Scrapes(app, ExpositionMetrics.Success));
        Assert.True(rest.Length > app.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_scrape_bytes")!.Read(["success"]) - 1024);
    }

    private static async Task<RunningApp> StartLargeAsync(TimeProvider? time = null)
    {
        // More than the sockets' buffers hold, compressed too, so that a reader who stops stops the writer.
        var app = await RunningApp.StartAsync(
            builder: b =>
            {
                b.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);
                if (time is not null)
                    b.Services.AddSingleton(time);
            },
            options: o => (o.Metrics.MaxConcurrentScrapes, o.Metrics.MaxSeriesPerMetric) = (1, Series));
        var random = new Random(1);
        var value = new byte[190];
        var gauge = app.Services.GetRequiredService<MetricRegistry>().Gauge("messaging_rooms", "Rooms.", "name", "topic", "purpose", "owner");
        for (var i = 0; i < Series; i++)
            gauge.With(Some(), Some(), Some(), Some()).Set(i);

        return app;

        string Some()
        {
            random.NextBytes(value);
            return Convert.ToBase64String(value);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningApp app)
    {
        using var response = await app.Client.GetAsync("/metrics", HttpCompletionOption.ResponseContentRead, Cancellation);
        return response.StatusCode;
    }

    private static double? Scrapes(RunningApp app, string outcome) =>
        app.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_scrapes_total")!.Read([outcome]);
}
