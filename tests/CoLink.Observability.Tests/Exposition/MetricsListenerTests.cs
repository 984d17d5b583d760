using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Exposition;

public sealed class MetricsListenerTests
{
    private const int Failed = 122;
    private const int Recovered = 123;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_port_answers_the_path_and_nothing_else()
    {
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/hello", () => "app"), options: o => o.Metrics.Port = port);

        using var metrics = await GetAsync(port, "/metrics");
        using var other = await GetAsync(port, "/hello");
        using var sub = await GetAsync(port, "/metrics/sub");
        using var slash = await GetAsync(port, "/metrics/");
        using var post = await app.Client.PostAsync($"http://127.0.0.1:{port}/metrics", null, Cancellation);
        using var onApp = await app.Client.GetAsync("/metrics", Cancellation);

        Assert.Equal([200, 404, 404, 404, 405, 404], new[] { metrics, other, sub, slash, post, onApp }.Select(response => (int)response.StatusCode));
        var scrape = Scrape.Parse(await metrics.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(1, scrape.Value("colink_telemetry_listener_up"));
        Assert.Equal(0, scrape.Sum("http_requests_total"));
        Assert.Null(metrics.Headers.Server.FirstOrDefault());
        Assert.Equal("app", await app.Client.GetStringAsync("/hello", Cancellation));
    }

    [Fact]
    public async Task The_guards_apply_on_the_port()
    {
        var (first, second) = (FreePort.Next(), FreePort.Next());
        await using var token = await RunningApp.StartAsync(options: o => (o.Metrics.Port, o.Metrics.BearerToken) = (first, "correct-horse-battery"));
        await using var network = await RunningApp.StartAsync(options: o => (o.Metrics.Port, o.Metrics.AllowedNetworks) = (second, ["10.0.0.0/8"]));

        using var anonymous = await GetAsync(first, "/metrics");
        using var known = await GetAsync(first, "/metrics", "Bearer correct-horse-battery");
        using var foreign = await GetAsync(second, "/metrics");

        Assert.Equal([401, 200, 403], new[] { anonymous, known, foreign }.Select(response => (int)response.StatusCode));
        Assert.Equal("Bearer", anonymous.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task The_port_is_open_on_both_families_of_addresses(string host)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || host != "[::1]", "No IPv6 here.");
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = port);

        using var response = await app.Client.GetAsync($"http://{host}:{port}/metrics", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_taken_port_is_one_error_and_the_host_goes_on_until_it_is_free()
    {
        var time = new FakeTimeProvider();
        var port = FreePort.Next();
        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/", () => "app"), b => b.Services.AddSingleton<TimeProvider>(time), o => o.Metrics.Port = port);
        var up = app.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_listener_up")!;

        Assert.Equal(0, up.Read([]));
        Assert.Equal("app", await app.Client.GetStringAsync("/", Cancellation));
        for (var i = 0; i < 5; i++)
            time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains($"{port}", Assert.Single(app.Logs.Lines, line => line.Level >= LogLevel.Error).Message, StringComparison.Ordinal);
        Assert.Single(app.Logs.Of(Failed));
        Assert.Empty(app.Logs.Of(Recovered));

        other.Stop();
        await Eventually.IsTrue(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return app.Logs.Of(Recovered).Any();
        });

        Assert.Equal(1, up.Read([]));
        using var response = await GetAsync(port, "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(app.Logs.Of(Failed));
        Assert.Single(app.Logs.Of(Recovered));
    }

    [Fact]
    public async Task A_host_stops_while_its_port_is_still_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = ((IPEndPoint)other.LocalEndpoint).Port);

        await app.DisposeAsync().AsTask().WaitAsync(Eventually.Bound, Cancellation);

        Assert.Single(app.Logs.Of(Failed));
    }

    [Fact]
    public async Task A_port_that_is_the_apps_own_stays_the_apps()
    {
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/", () => "app"), b => Microsoft.AspNetCore.Hosting.WebHostBuilderKestrelExtensions.ConfigureKestrel(b.WebHost, kestrel => kestrel.Listen(IPAddress.Loopback, port)), o => o.Metrics.Port = port);

        Assert.Equal("app", await app.Client.GetStringAsync($"http://127.0.0.1:{port}/", Cancellation));
        Assert.Single(app.Logs.Of(Failed));
    }

    [Fact]
    public async Task A_stopped_host_closes_the_port()
    {
        var port = FreePort.Next();
        var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = port);
        using (var before = await GetAsync(port, "/metrics"))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await app.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(port, "/metrics"));
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_scrape_on_its_way_is_finished_before_the_host_ends()
    {
        var port = FreePort.Next();
        var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = port);
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        app.Services.GetRequiredService<MetricRegistry>().BeforeScrape("meters", () =>
        {
            entered.Set();
            gate.Wait(Eventually.Bound);
        });
        var scrape = GetAsync(port, "/metrics");
        Assert.True(entered.Wait(Eventually.Bound, Cancellation));

        var stopping = app.DisposeAsync().AsTask();
        await Eventually.IsTrue(() => app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        gate.Set();

        using var response = await scrape;
        Assert.Contains("colink_build_info", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await stopping.WaitAsync(Eventually.Bound, Cancellation);
    }

    [Fact]
    public async Task Http2_without_tls_is_refused_and_hurts_nobody()
    {
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.Port = port);
        using var http2 = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/metrics") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        await Assert.ThrowsAsync<HttpRequestException>(() => app.Client.SendAsync(http2, Cancellation));

        using var response = await GetAsync(port, "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_worker_without_a_web_server_answers_on_its_port()
    {
        var port = FreePort.Next();
        using var worker = Worker(port);
        await worker.StartAsync(Cancellation);

        using var response = await GetAsync(port, "/metrics");
        var scrape = Scrape.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        await worker.StopAsync(Cancellation);

        Assert.Equal(1, scrape.Value("colink_build_info"));
        Assert.Equal(1, scrape.Value("colink_telemetry_listener_up"));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(port, "/metrics"));
    }

    [Fact]
    public async Task A_worker_whose_port_is_taken_goes_on()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var worker = Worker(((IPEndPoint)other.LocalEndpoint).Port);

        await worker.StartAsync(Cancellation);
        await worker.StopAsync(Cancellation);

        Assert.Equal(0, worker.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_listener_up")!.Read([]));
    }

    [Fact]
    public async Task A_worker_uses_port_9464_where_none_is_given()
    {
        using var worker = Worker(null);
        await worker.StartAsync(Cancellation);

        // Whether it could be taken depends on the machine.
        Assert.Equal(9464, worker.Services.GetRequiredService<MetricsRoute>().Port);
        await worker.StopAsync(Cancellation);
    }

    [Fact]
    public async Task An_app_without_a_port_of_its_own_has_no_series_of_a_listener()
    {
        await using var app = await RunningApp.StartAsync();

        Assert.Null((await app.ScrapeAsync()).Value("colink_telemetry_listener_up"));
    }

    private static IHost Worker(int? port)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability(o => o.Metrics.Port = port);
        return builder.Build();
    }

    private static async Task<HttpResponseMessage> GetAsync(int port, string path, string? authorization = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await client.SendAsync(request, Cancellation);
    }
}
