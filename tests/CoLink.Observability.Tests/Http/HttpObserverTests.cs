using System.Net;
using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpObserverTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_request_is_counted_and_timed_under_its_route_template()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/hello/{name}", (string name) => $"hello {name}"));

        await app.Client.GetStringAsync("/hello/world");

        var scrape = await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) == 1 && s.Sum("http_requests_in_progress") == 0);
        Assert.Equal(1, scrape.Value("http_request_duration_seconds_count", ("method", "GET"), ("endpoint", "/hello/{name}")));
        Assert.Equal(0, scrape.Sum("http_requests_in_progress"));
    }

    [Fact]
    public async Task A_request_is_in_progress_until_it_is_answered()
    {
        var answer = new TaskCompletionSource();
        await using var app = await RunningApp.StartAsync(a => a.MapPost("/slow", () => answer.Task));

        var request = app.Client.PostAsync("/slow", null);
        var scrape = await app.ScrapeUntilAsync(s => s.Value("http_requests_in_progress", ("method", "POST")) == 1);
        Assert.Equal(1, scrape.Sum("http_requests_in_progress"));
        Assert.Equal(0, scrape.Sum("http_requests_total"));

        answer.SetResult();
        using var response = await request;
        await app.ScrapeUntilAsync(s => s.Sum("http_requests_in_progress") == 0 && s.Sum("http_requests_total") == 1);
    }

    [Fact]
    public async Task An_open_websocket_is_not_in_progress_and_is_counted_when_it_ends()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.UseWebSockets();
            a.Map("/ws", async (HttpContext context) =>
            {
                using var accepted = await context.WebSockets.AcceptWebSocketAsync();
                await accepted.ReceiveAsync(new byte[16], context.RequestAborted);
                await accepted.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            });
        });
        using var socket = new ClientWebSocket();
        using var bound = new CancellationTokenSource(Bound);
        await socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = "/ws" }.Uri, bound.Token);

        var open = await app.ScrapeUntilAsync(s => s.Sum("http_requests_in_progress") == 0);
        Assert.Equal(0, open.Sum("http_requests_total"));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, bound.Token);
        var closed = await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/ws"), ("status", "101")) == 1);
        Assert.Equal(0, closed.Sum("http_requests_in_progress"));
        Assert.Equal(0, closed.Sum("http_request_duration_seconds_count"));
    }

    [Fact]
    public async Task A_client_that_drops_its_websocket_is_no_server_error()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.UseWebSockets();
            a.Map("/ws", async (HttpContext context) =>
            {
                using var accepted = await context.WebSockets.AcceptWebSocketAsync();
                await accepted.ReceiveAsync(new byte[16], CancellationToken.None);
            });
        });
        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
            socket.Abort();
        }

        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total") == 1);
        Assert.Equal(1, scrape.Value("http_requests_total", ("endpoint", "/ws"), ("status", "101")));
        Assert.Equal(0, scrape.Sum("http_requests_in_progress"));
    }

    [Fact]
    public async Task A_response_that_cannot_be_read_costs_the_count_and_not_the_answer()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.Use(async (context, next) =>
            {
                await next(context);
                context.Features.Set<IHttpResponseFeature>(new BrokenResponse());
            });
            a.MapGet("/hello", () => "hello");
        });

        Assert.Equal("hello", await app.Client.GetStringAsync("/hello"));

        var scrape = await app.ScrapeUntilAsync(s => s.Value("colink_telemetry_observer_errors_total", ("observer", "http")) == 1 && s.Sum("http_requests_in_progress") == 0);
        Assert.Equal(0, scrape.Sum("http_requests_in_progress"));
        Assert.Equal(0, scrape.Sum("http_requests_total"));
    }

    [Fact]
    public async Task A_log_that_throws_leaves_nothing_in_progress()
    {
        var registry = new MetricRegistry(new SeriesLimits(1_000, new Dictionary<string, int>()), new ThrowingLogger());
        RequestDelegate next = context =>
        {
            context.Features.Set<IHttpResponseFeature>(new BrokenResponse());
            return Task.CompletedTask;
        };
        var observer = new HttpObserver(next, next, new HttpMetrics(registry), new HttpRoutes(), new ExcludedPaths([]), registry, TimeProvider.System);
        var context = new DefaultHttpContext { Request = { Method = "GET" } };

        await Record.ExceptionAsync(() => observer.InvokeAsync(context));

        Assert.Equal(1, registry.Counter(SelfCatalogue.ObserverErrors).Read([Observers.Http]));
        await registry.WriteAsync(Stream.Null, openMetrics: false, CancellationToken.None);
        Assert.Equal(0, registry.Gauge(HttpCatalogue.InProgress).Read(["GET"]));
    }

    [Fact]
    public async Task Without_the_family_requests_are_answered_and_no_http_series_exist()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/hello", (HttpContext context) => context.Features.Get<IEndpointFeature>() is HttpExchange ? "watched" : "alone"),
            settings: new Dictionary<string, string?> { ["CoLink:Observability:Http:Enabled"] = "false", ["CoLink:Observability:Logging:RequestLogging"] = "false" });

        Assert.Equal("alone", await app.Client.GetStringAsync("/hello"));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/nowhere")).StatusCode);
        var scrape = await app.ScrapeAsync();
        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("http_", StringComparison.Ordinal));
        Assert.DoesNotContain("# TYPE http_", scrape.Text, StringComparison.Ordinal);
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("no disk");
    }

    private sealed class BrokenResponse : IHttpResponseFeature
    {
        public int StatusCode { get; set; } = 200;

        public string? ReasonPhrase { get; set; }

        public IHeaderDictionary Headers
        {
            get => throw new InvalidOperationException("no headers");
            set => throw new InvalidOperationException("no headers");
        }

        public Stream Body { get; set; } = Stream.Null;

        public bool HasStarted => true;

        public void OnStarting(Func<object, Task> callback, object state)
        {
        }

        public void OnCompleted(Func<object, Task> callback, object state)
        {
        }
    }
}
