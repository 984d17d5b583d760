using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Every kind of host that has a builder, and several in one process.</summary>
public sealed class HostKindTests
{
    [Fact]
    public async Task Two_hosts_in_one_process_see_only_their_own_requests_also_at_once()
    {
        await using var users = await RunningApp.StartAsync(a => a.MapGet("/users", () => "users"), options: o => o.ServiceName = "users");
        await using var files = await RunningApp.StartAsync(a => a.MapGet("/files", () => "files"), options: o => o.ServiceName = "files");

        await Task.WhenAll(
            Parallel.ForAsync(0, 200, async (_, cancellation) => await users.Client.GetStringAsync("/users", cancellation)),
            Parallel.ForAsync(0, 300, async (_, cancellation) => await files.Client.GetStringAsync("/files", cancellation)));

        var ofUsers = await users.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/users"), ("status", "200")) == 200 && s.Sum("http_requests_in_progress") == 0);
        var ofFiles = await files.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/files"), ("status", "200")) == 300 && s.Sum("http_requests_in_progress") == 0);
        Assert.Equal((200, 300), (ofUsers.Sum("http_requests_total"), ofFiles.Sum("http_requests_total")));
        Assert.Equal((0, 0), (ofUsers.Sum("http_requests_in_progress"), ofFiles.Sum("http_requests_in_progress")));
        Assert.NotNull(ofUsers.Value("colink_build_info", ("service", "users")));
        Assert.NotNull(ofFiles.Value("colink_build_info", ("service", "files")));
    }

    [Fact]
    public async Task A_host_that_stops_leaves_the_other_alone()
    {
        await using var stays = await RunningApp.StartAsync(a => a.MapGet("/", () => "hello"));
        await using (await RunningApp.StartAsync())
        {
        }

        await stays.Client.GetStringAsync("/");

        await stays.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/"), ("status", "200")) == 1);
    }

    [Fact]
    public async Task The_test_server_of_a_services_own_tests_is_measured_too()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability();
        await using var app = builder.Build();
        app.MapGet("/hello/{name}", (string name) => name);
        await app.StartAsync();
        using var client = app.GetTestClient();

        await client.GetStringAsync("/hello/world");

        await Scrape.UntilAsync(client, s => s.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slim_and_an_empty_web_application_are_measured_too(bool empty)
    {
        var builder = empty ? WebApplication.CreateEmptyBuilder(new()) : WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(QuietConsole.Settings);
        builder.AddCoLinkObservability();
        await using var app = builder.Build();
        app.Run(_ => Task.CompletedTask);
        await app.StartAsync();
        using var client = app.GetTestClient();

        await client.GetStringAsync("/");

        await Scrape.UntilAsync(client, s => s.Value("http_requests_total", ("endpoint", "unmatched"), ("status", "200")) == 1);
    }

    [Fact]
    public async Task A_worker_serves_its_metrics_and_its_own_on_the_given_port()
    {
        var port = FreePort.Next();
        var logs = new CollectingLogs();
        using var host = Worker(logs, port);
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        var scrape = await Scrape.UntilAsync(client, s => s.Value("jobs_total") == 3);

        Assert.Equal(1, scrape.Value("colink_telemetry_listener_up"));
        Assert.Equal(404, (int)(await client.GetAsync("/")).StatusCode);
        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("http_", StringComparison.Ordinal));
        Assert.Contains($"metrics at /metrics on port {port}, anonymous; traces: ", Assert.Single(logs.Of(140)).Message);
        await host.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/metrics"));
    }

    /// <summary>9464 may be taken on the machine that runs this, so the start line is asked, which says it either way.</summary>
    [Fact]
    public async Task A_worker_without_a_port_takes_9464()
    {
        var logs = new CollectingLogs();
        using var host = Worker(logs, port: null);

        await host.StartAsync();
        await host.StopAsync();

        Assert.Contains("metrics at /metrics on port 9464, ", Assert.Single(logs.Of(140)).Message);
    }

    [Fact]
    public async Task A_worker_whose_port_is_taken_goes_on_and_says_so()
    {
        await using var other = await RunningApp.StartAsync();
        var logs = new CollectingLogs();
        using var host = Worker(logs, other.Address.Port);

        await host.StartAsync();
        await host.StopAsync();

        var line = Assert.Single(logs.Of(122));
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains($"Metrics:Port is {other.Address.Port}", line.Message);
    }

    private static IHost Worker(CollectingLogs logs, int? port)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["CoLink:Observability:Metrics:Port"] = port?.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        builder.AddCoLinkObservability();
        builder.Services.AddHostedService<Jobs>();
        return builder.Build();
    }

    private sealed class Jobs(MetricRegistry registry) : BackgroundService
    {
        private readonly CounterFamily _jobs = registry.Counter("jobs_total", "Jobs done.");

        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            for (var i = 0; i < 3; i++)
                _jobs.Inc();
            return Task.CompletedTask;
        }
    }
}
