using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Prometheus;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Beside what a service already has, both count right, and once.</summary>
[Collection(nameof(ProcessWide))]
public sealed class CoexistenceTests
{
    private const string Mine = "http_requests_total";
    private const string Theirs = "http_requests_received_total";

    [Fact]
    public async Task Beside_UseHttpMetrics_and_MapMetrics_on_another_path_both_count_each_request_once()
    {
        var registry = Metrics.NewCustomRegistry();
        await using var app = await RunningApp.StartAsync(a =>
        {
            UseTheirs(a, registry);
            a.MapMetrics("/prometheus-net", registry);
        });

        for (var i = 0; i < 5; i++)
            await app.Client.GetStringAsync("/hello/world");
        using var boom = await app.Client.GetAsync("/boom");

        var mine = await app.ScrapeUntilAsync(s => s.Value(Mine, ("endpoint", "/hello/{name}"), ("status", "200")) == 5 && s.Value(Mine, ("endpoint", "/boom"), ("status", "500")) == 1);
        var theirs = await Scrape.UntilAsync(app.Client, s => s.Value(Theirs, ("endpoint", "/hello/{name}")) == 5 && s.Sum(Theirs, ("endpoint", "/boom")) == 1, "/prometheus-net");
        Assert.Equal(5, mine.Value("http_request_duration_seconds_count", ("endpoint", "/hello/{name}")));
        Assert.Equal(5, theirs.Value("http_request_duration_seconds_count", ("endpoint", "/hello/{name}")));
        Assert.DoesNotContain(mine.Samples, sample => sample.Name == Theirs);
        Assert.DoesNotContain(theirs.Samples, sample => sample.Name == Mine);
    }

    [Fact]
    public async Task Where_the_app_maps_the_same_path_ours_answers()
    {
        var registry = Metrics.NewCustomRegistry();
        await using var app = await RunningApp.StartAsync(a =>
        {
            UseTheirs(a, registry);
            a.MapMetrics("/metrics", registry);
        });

        await app.Client.GetStringAsync("/hello/world");

        var scrape = await app.ScrapeUntilAsync(s => s.Value(Mine, ("endpoint", "/hello/{name}"), ("status", "200")) == 1);
        Assert.DoesNotContain(scrape.Samples, sample => sample.Name == Theirs);
    }

    [Fact]
    public async Task Theirs_keeps_the_path_where_ours_has_another()
    {
        var registry = Metrics.NewCustomRegistry();
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                UseTheirs(a, registry);
                a.MapMetrics("/metrics", registry);
            },
            options: o => o.Metrics.Path = "/colink");

        await app.Client.GetStringAsync("/hello/world");

        var theirs = await Scrape.UntilAsync(app.Client, s => s.Value(Theirs, ("endpoint", "/hello/{name}")) == 1);
        Assert.DoesNotContain(theirs.Samples, sample => sample.Name == Mine);
        await Scrape.UntilAsync(app.Client, s => s.Value(Mine, ("endpoint", "/hello/{name}"), ("status", "200")) == 1, "/colink");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Beside_ServiceDefaults_each_request_is_counted_once_and_is_one_span(bool before)
    {
        var path = $"/hello-{Guid.NewGuid():N}";
        var withUs = await ServeAsync(path, observe: true, before);

        Assert.Equal(3, withUs.Requests);
        Assert.Equal(3, withUs.Spans.Count);
        Assert.Equal(3, withUs.Measured);
        Assert.Equal(await SpansWithoutUsAsync(path), withUs.Spans);
    }

    [Fact]
    public async Task ServiceDefaults_export_the_same_spans_with_us_and_without()
    {
        var path = $"/hello-{Guid.NewGuid():N}";

        var without = await ExportedAsync(path, observe: false);
        var with = await ExportedAsync(path, observe: true);

        Assert.True(without > 0);
        Assert.Equal(without, with);
    }

    [Fact]
    public async Task The_health_endpoints_of_ServiceDefaults_answer_and_are_excluded()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapDefaultEndpoints(), b => b.AddServiceDefaults(), o => o.ExcludedPaths = ["/health*", "/alive"]);

        Assert.Equal("Healthy", await app.Client.GetStringAsync("/health"));
        Assert.Equal("Healthy", await app.Client.GetStringAsync("/alive"));
        Assert.Equal(0, (await app.ScrapeAsync()).Sum(Mine));
    }

    private static void UseTheirs(WebApplication app, CollectorRegistry registry)
    {
        app.UseRouting();
        app.UseHttpMetrics(options => options.SetMetricFactory(Metrics.WithCustomRegistry(registry)));
        app.MapGet("/hello/{name}", (string name) => name);
        app.MapGet("/boom", string () => throw new InvalidOperationException("boom"));
    }

    /// <summary>How often the path stands in what a collector was sent: a span that came twice would double it.</summary>
    private static async Task<int> ExportedAsync(string path, bool observe)
    {
        var count = 0;
        await using var collector = await RunningApp.StartAsync(
            a => a.MapPost("/v1/traces", async (HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
                Interlocked.Add(ref count, Regex.Count(await reader.ReadToEndAsync(), path));
            }),
            observe: false);
        await ServeAsync(path, observe, before: true, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        return count;
    }

    private static async Task<IReadOnlyList<string>> SpansWithoutUsAsync(string path) => (await ServeAsync(path, observe: false, before: true)).Spans;

    private static async Task<(double? Requests, IReadOnlyList<string> Spans, long Measured)> ServeAsync(
        string path, bool observe, bool before, Dictionary<string, string?>? settings = null)
    {
        var spans = new List<Activity>();
        var metrics = new List<OpenTelemetry.Metrics.Metric>();
        double? requests = null;
        await using (var app = await RunningApp.StartAsync(
            a =>
            {
                a.MapDefaultEndpoints();
                a.MapGet($"{path}/{{name}}", (string name) => name);
            },
            b =>
            {
                if (!before && observe)
                    b.AddCoLinkObservability();
                b.AddServiceDefaults();
                b.Services.AddOpenTelemetry().WithTracing(t => t.AddInMemoryExporter(spans)).WithMetrics(m => m.AddInMemoryExporter(metrics));
            },
            settings: settings,
            observe: observe))
        {
            for (var i = 0; i < 3; i++)
                await app.Client.GetStringAsync($"{path}/world");
            if (observe)
                requests = (await app.ScrapeUntilAsync(s => s.Value(Mine, ("endpoint", $"{path}/{{name}}"), ("status", "200")) == 3)).Value(Mine, ("endpoint", $"{path}/{{name}}"), ("status", "200"));
            app.Services.GetRequiredService<TracerProvider>().ForceFlush();
            app.Services.GetRequiredService<MeterProvider>().ForceFlush();
        }

        var mine = spans.Where(span => span.Kind == ActivityKind.Server && (span.GetTagItem("url.path") as string)?.StartsWith(path, StringComparison.Ordinal) == true);
        return (requests, [.. mine.Select(span => $"{span.DisplayName} {span.GetTagItem("http.route")} {span.GetTagItem("http.response.status_code")}")], Count(metrics, $"{path}/{{name}}"));
    }

    /// <summary>The last export of a cumulative histogram holds the whole count.</summary>
    private static long Count(List<OpenTelemetry.Metrics.Metric> metrics, string route)
    {
        var count = 0L;
        foreach (var metric in metrics.Where(metric => metric.Name == "http.server.request.duration"))
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                foreach (var tag in point.Tags)
                {
                    if (tag.Key == "http.route" && tag.Value as string == route)
                        count = Math.Max(count, point.GetHistogramCount());
                }
            }
        }

        return count;
    }
}
