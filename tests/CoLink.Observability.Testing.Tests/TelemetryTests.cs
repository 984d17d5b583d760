using System.Diagnostics;
using CoLink.Observability.Logging;
using CoLink.Observability.Registry;
using CoLink.Observability.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Testing.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Two_hosts_of_a_process_do_not_see_each_other()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => ClientOf(number % 2 == 0 ? one : other).GetAsync(number % 2 == 0 ? "/one" : "/other")));

        await one.Services.GetTelemetry().Metrics.UntilAsync("http_requests_total", value => value == 10, ("endpoint", "/one"), ("status", "200"));
        var telemetry = one.Services.GetTelemetry();
        await telemetry.Spans.UntilAsync(_ => telemetry.Spans.All.Count == 10);
        await telemetry.Logs.UntilAsync(_ => telemetry.Logs.All.Count(log => log.Logger == "CoLink.Observability.Requests") == 10);
        Assert.All(telemetry.Spans.All, span => Assert.Equal("GET /one", span.DisplayName));
        Assert.DoesNotContain(telemetry.Logs.All, log => log.Message.Contains("/other", StringComparison.Ordinal));
        Assert.DoesNotContain(await telemetry.Metrics.SeriesAsync("http_requests_total"), series => series.Labels["endpoint"] == "/other" && series.Value > 0);
    }

    [Fact]
    public async Task What_is_logged_in_a_request_is_found_by_its_trace_and_without_its_secrets()
    {
        await using var app = await StartAsync(app => app.MapGet("/pay", (ILogger<TelemetryTests> logger) =>
        {
            logger.LogWarning("Paying {Amount} with {Password}", 5, "hunter2");
            return Activity.Current!.TraceId.ToHexString();
        }));

        var trace = ActivityTraceId.CreateFromString(await ClientOf(app).GetStringAsync("/pay"));

        var line = await app.Services.GetTelemetry().Logs.UntilAsync(log => log.Level == "WARN");
        Assert.Equal(line, app.Services.GetTelemetry().Logs.OfTrace(trace).First(log => log.Level == "WARN"));
        Assert.Equal("5", line.Text("Amount"));
        Assert.DoesNotContain("hunter2", line.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_there_instead_is_said()
    {
        await using var app = await StartAsync();
        var metrics = app.Services.GetTelemetry().Metrics;
        await ClientOf(app).GetAsync("/one");
        await metrics.UntilAsync("http_requests_total", value => value == 1, ("endpoint", "/one"), ("status", "200"));

        var none = await Assert.ThrowsAsync<TelemetryAssertionException>(() => metrics.ValueAsync("http_requests_total", ("status", "404")));
        Assert.StartsWith("No series is http_requests_total{status=\"404\"}. There is:\n", none.Message, StringComparison.Ordinal);
        Assert.Contains("  http_requests_total{endpoint=\"/one\",method=\"GET\",status=\"200\"} 1", none.Message, StringComparison.Ordinal);

        var several = await Assert.ThrowsAsync<TelemetryAssertionException>(() => metrics.ValueAsync("http_requests_total", ("method", "GET")));
        Assert.Contains(" series are http_requests_total{method=\"GET\"}. There is:", several.Message, StringComparison.Ordinal);

        var unknown = await Assert.ThrowsAsync<TelemetryAssertionException>(() => metrics.ValueAsync("http_request_total"));
        Assert.Contains("There are metrics called:\n", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("  http_requests_total\n", unknown.Message, StringComparison.Ordinal);

        var late = await Assert.ThrowsAsync<TelemetryAssertionException>(() =>
            metrics.UntilAsync("http_requests_total", value => value == 2, TimeSpan.Zero, ("endpoint", "/one"), ("status", "200")));
        Assert.EndsWith("http_requests_total{endpoint=\"/one\",method=\"GET\",status=\"200\"} 1", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_the_library_is_named()
    {
        await using var app = WebApplication.CreateBuilder().Build();

        Assert.Contains("AddCoLinkObservability()", Assert.Throws<InvalidOperationException>(() => app.Services.GetTelemetry()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_whose_spans_are_not_captured_says_what_to_call()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.AddCoLinkObservability(options => options.Logging.Console = ConsoleFormat.None);
        await using var app = builder.Build();

        Assert.Contains("AddTelemetryCapture()", Assert.Throws<InvalidOperationException>(() => app.Services.GetTelemetry().Spans).Message, StringComparison.Ordinal);
        Assert.Contains("AddTelemetryCapture()", Assert.Throws<InvalidOperationException>(() => app.Services.GetTelemetry().Logs).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{a=\"b\"} 1", "is no series")]
    [InlineData("a{b=c} 1", "a label that is not name=\"value\"")]
    [InlineData("a{b=\"c\" 1", "labels without an end")]
    [InlineData("a{b=\"c\"} x", "ends with no number")]
    [InlineData("a{b=\"c\"} 0", "does not change: name what changes")]
    public async Task An_expectation_that_is_no_line_is_refused(string line, string expected)
    {
        await using var app = await StartAsync();

        var refused = await Assert.ThrowsAsync<FormatException>(() => app.Services.GetTelemetry().Metrics.ExpectAsync(() => Task.CompletedTask, line));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_values_are_read_as_they_were_recorded()
    {
        await using var app = await StartAsync();
        const string Odd = "a \"b\", c\\d}\ne=f";
        app.Services.GetRequiredService<MetricRegistry>().Counter("odd_total", "Odd ones.", "kind").With(Odd).Inc();

        Assert.Equal(1, await app.Services.GetTelemetry().Metrics.ValueAsync("odd_total", ("kind", Odd)));
        Assert.Equal("odd_total{kind=\"a \\\"b\\\", c\\\\d}\\ne=f\"} 1", Assert.Single(await app.Services.GetTelemetry().Metrics.SeriesAsync("odd_total")).ToString());
    }

    private static HttpClient ClientOf(WebApplication app) => ((TestServer)app.Services.GetRequiredService<IServer>()).CreateClient();

    private static async Task<WebApplication> StartAsync(Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.AddCoLinkObservability();
        builder.Services.AddTelemetryCapture();
        var app = builder.Build();
        app.MapGet("/one", () => "one");
        app.MapGet("/other", () => "other");
        map?.Invoke(app);
        await app.StartAsync();
        return app;
    }
}
