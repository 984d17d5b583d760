using CoLink.Observability.Hosting;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Hosting;

public sealed class DoorTests
{
    [Fact]
    public async Task A_second_call_only_applies_its_own_changes()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/hello", () => "hello"),
            b => b.AddCoLinkObservability(o => o.ServiceName = "first").AddCoLinkObservability(o => o.Namespace = "second"),
            o => o.ServiceName = "third");

        await app.Client.GetStringAsync("/hello");

        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total", ("endpoint", "/hello"), ("status", "200")) > 0);
        Assert.Equal(1, scrape.Value("http_requests_total", ("endpoint", "/hello"), ("status", "200")));
        Assert.Equal(1, scrape.Value("colink_build_info", ("service", "third"), ("namespace", "second")));
        Assert.Single(app.Services.GetServices<IStartupFilter>().OfType<ObservabilityStartupFilter>());
        Assert.Single(app.Services.GetServices<IHostedService>().OfType<ObservabilityLifecycle>());
        Assert.Single(app.Logs.Of(140));
    }

    [Fact]
    public async Task The_options_are_made_and_checked_once_for_whoever_asks()
    {
        var made = new List<CoLinkObservabilityOptions>();
        await using var app = await RunningApp.StartAsync(options: made.Add);

        var options = app.Services.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value;
        Assert.Same(options, app.Services.GetRequiredService<IOptionsMonitor<CoLinkObservabilityOptions>>().CurrentValue);

        // The other are those that decide about services before there is a container.
        Assert.Equal(2, made.Count);
        Assert.Same(options, made[^1]);
    }

    [Fact]
    public async Task The_call_returns_the_builder_it_was_given()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);

        Assert.Same(builder, builder.AddCoLinkObservability());
        Assert.Throws<ArgumentNullException>(() => CoLinkObservabilityExtensions.AddCoLinkObservability(null!));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task One_line_at_start_says_what_is_on_and_off_and_where_without_a_secret()
    {
        await using var app = await RunningApp.StartAsync(options: o =>
        {
            o.ServiceName = "users-service";
            o.Runtime.Enabled = false;
            o.Metrics.Path = "/internal/metrics";
            o.Metrics.Meters = ["System.Net.Http"];
            o.Metrics.AllowedNetworks = ["127.0.0.0/8"];
            o.Metrics.BearerToken = "s3cr3t-token";
            o.Metrics.BasicUser = "prometheus";
            o.Metrics.BasicPassword = "s3cr3t-password";
        });

        var line = Assert.Single(app.Logs.Of(140));

        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains($"CoLink.Observability {BuildInfo.LibraryVersion} for users-service: metrics at /internal/metrics on the app's port, networks, bearer and basic;", line.Message);
        Assert.Contains("; logs: standard output None, not pushed to Loki, a line a request; on: http, websockets, database, cache, meters System.Net.Http; off: runtime, static registry.", line.Message);
        Assert.DoesNotContain(app.Logs.Lines, l => l.Message.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_line_names_a_port_of_its_own()
    {
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = port);

        Assert.Contains($"metrics at /metrics on port {port}, anonymous;", Assert.Single(app.Logs.Of(140)).Message);
    }

    [Fact]
    public async Task The_line_says_that_the_app_mapped_the_scrape_itself()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapCoLinkMetrics());

        Assert.Contains("on the app's port, mapped by the app, anonymous;", Assert.Single(app.Logs.Of(140)).Message);
    }

    [Fact]
    public async Task A_host_that_host_filtering_refuses_is_counted()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/", () => "hello"), settings: new Dictionary<string, string?> { ["AllowedHosts"] = "colink.example" });

        using var response = await app.Client.GetAsync("/");

        Assert.Equal(400, (int)response.StatusCode);
        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total", ("endpoint", "unmatched")) > 0);
        Assert.Equal(1, scrape.Value("http_requests_total", ("method", "GET"), ("endpoint", "unmatched"), ("status", "400")));
    }

    [Fact]
    public async Task An_exception_of_the_first_middleware_is_counted_even_of_a_filter_registered_before_the_call()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.Use((HttpContext _, RequestDelegate _) => throw new InvalidOperationException("first")),
            b => b.Services.AddSingleton<IStartupFilter, ThrowingFilter>());

        using var first = await app.Client.GetAsync("/first");
        using var filter = await app.Client.GetAsync("/filter");

        Assert.Equal((500, 500), ((int)first.StatusCode, (int)filter.StatusCode));
        await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "unmatched"), ("status", "500")) == 2);
    }

    [Fact]
    public async Task A_family_that_is_off_is_absent()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/", () => "hello"), options: o => (o.Http.Enabled, o.Runtime.Enabled) = (false, false));

        await app.Client.GetStringAsync("/");
        var scrape = await app.ScrapeAsync();

        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("process_", StringComparison.Ordinal) || sample.Name.StartsWith("dotnet_", StringComparison.Ordinal));
        Assert.Equal(0, scrape.Sum("http_requests_total"));
        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("http_", StringComparison.Ordinal));
    }

    private sealed class ThrowingFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, after) => context.Request.Path == "/filter" ? throw new InvalidOperationException("filter") : after(context));
            next(app);
        };
    }
}
