using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using CoLink.Observability.Logging.Requests;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Requests;

public sealed class RequestLogTests
{
    private const string Requests = "http_requests_total";

    private readonly CollectingRoads _roads = new();

    [Fact]
    public async Task A_request_has_one_line_with_its_template_path_status_and_duration()
    {
        await using var app = await StartAsync(a => a.MapGet("/hello/{name}", (string name) => name));

        await app.Client.GetStringAsync("/hello/world?token=secret");

        var line = await LineAsync("/hello/{name}");
        Assert.Equal(LogEventLevel.Information, line.Level);
        Assert.Equal(("\"GET\"", "\"/hello/world\"", "200", $"\"{RequestLog.Category}\""), (line.Shown("Method"), line.Shown("Path"), line.Shown("Status"), line.Shown("SourceContext")));
        Assert.InRange(double.Parse(line.Shown("Duration")!, CultureInfo.InvariantCulture), 0.001, 20_000);
        Assert.Matches(@"^GET /hello/world answered 200 in [0-9.]+ ms$", line.Message().Replace("\"", "", StringComparison.Ordinal));
        Assert.DoesNotContain(line.Properties, property => property.Value.ToString().Contains("secret", StringComparison.Ordinal));
        Assert.All((string[])["RequestId", "RequestPath", "ConnectionId"], scope => Assert.NotNull(line.Shown(scope)));
        Assert.NotNull(line.TraceId);
        Assert.Single(Lines);
    }

    [Fact]
    public async Task Every_provider_of_the_app_has_the_same_line()
    {
        await using var app = await StartAsync(a => a.MapGet("/hello", () => "hello"));

        await app.Client.GetStringAsync("/hello");
        await LineAsync("/hello");

        var line = Assert.Single(app.Logs.Lines, line => line.Category == RequestLog.Category);
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Matches(@"^GET /hello answered 200 in [0-9.]+ ms$", line.Message);
    }

    [Theory]
    [InlineData("/status/404", 404, LogEventLevel.Information)]
    [InlineData("/status/499", 499, LogEventLevel.Information)]
    [InlineData("/status/500", 500, LogEventLevel.Error)]
    [InlineData("/status/503", 503, LogEventLevel.Error)]
    [InlineData("/throws", 500, LogEventLevel.Error)]
    [InlineData("/throws-bad", 431, LogEventLevel.Information)]
    [InlineData("/nowhere", 404, LogEventLevel.Information)]
    public async Task Line_and_counter_agree_and_a_server_error_is_an_error(string path, int status, LogEventLevel level)
    {
        await using var app = await StartAsync(MapStatuses);

        using var answer = await app.Client.GetAsync(path);

        await Eventually.IsTrue(() => Lines.Any());
        var line = Assert.Single(Lines);
        Assert.Equal((level, $"{status}"), (line.Level, line.Shown("Status")));
        var endpoint = line.Shown("Endpoint")!.Trim('"');
        await app.ScrapeUntilAsync(scrape => scrape.Value(Requests, ("method", "GET"), ("endpoint", endpoint), ("status", $"{status}")) == 1);
    }

    [Fact]
    public async Task An_unknown_method_reads_as_in_the_metrics()
    {
        await using var app = await StartAsync(a => a.Map("/hello", () => "hello"));
        using var request = new HttpRequestMessage(new HttpMethod("FOO"), "/hello");

        using var answer = await app.Client.SendAsync(request);

        Assert.Equal("\"_OTHER\"", (await LineAsync("/hello")).Shown("Method"));
    }

    [Fact]
    public async Task The_path_is_the_one_the_client_asked_for_also_where_the_app_rewrites_it()
    {
        await using var app = await StartAsync(a =>
        {
            a.UsePathBase("/base");
            a.Use((context, next) =>
            {
                context.Request.Path = context.Request.Path == "/old" ? "/new" : context.Request.Path;
                return next(context);
            });
            a.UseRouting();
            a.MapGet("/new", () => "new");
        });

        Assert.Equal("new", await app.Client.GetStringAsync("/base/old"));

        Assert.Equal("\"/base/old\"", (await LineAsync("/new")).Shown("Path"));
    }

    [Fact]
    public async Task Excluded_paths_and_scrapes_have_no_line_and_endpoints_that_are_not_measured_have_one()
    {
        await using var app = await StartAsync(a =>
        {
            a.MapGet("/health/live", () => "alive");
            a.MapGet("/unmeasured", () => "hello").DisableHttpMetrics();
        });

        await app.Client.GetStringAsync("/health/live");
        await app.ScrapeAsync();
        await app.Client.GetStringAsync("/unmeasured");

        await LineAsync("/unmeasured");
        Assert.Single(Lines);
        Assert.Equal(0, (await app.ScrapeAsync()).Sum(Requests));
    }

    [Fact]
    public async Task A_socket_has_one_line_when_it_ends_which_says_so()
    {
        await using var app = await StartAsync(a =>
        {
            a.UseWebSockets();
            a.Map("/ws/{channel}", async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await SocketApp.EchoAsync(socket, context);
            });
        });
        using var socket = await app.ConnectAsync("/ws/7");
        await Task.Delay(TimeSpan.FromMilliseconds(60), TestContext.Current.CancellationToken);
        Assert.Empty(Lines);

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, SocketApp.Bound());

        var line = await LineAsync("/ws/{channel}");
        Assert.Equal(("\"GET\"", "\"/ws/7\"", "101", LogEventLevel.Information), (line.Shown("Method"), line.Shown("Path"), line.Shown("Status"), line.Level));
        Assert.InRange(double.Parse(line.Shown("Duration")!, CultureInfo.InvariantCulture), 50, 20_000);
        Assert.Contains("answered 101 and was a connection for", line.Message());
        await app.ScrapeUntilAsync(scrape => scrape.Value(Requests, ("method", "GET"), ("endpoint", "/ws/{channel}"), ("status", "101")) == 1);
        Assert.Single(Lines);
    }

    [Fact]
    public async Task Without_the_HTTP_family_there_are_lines_and_no_series()
    {
        await using var app = await StartAsync(
            a =>
            {
                MapStatuses(a);
                a.UseWebSockets();
                a.Map("/ws", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await SocketApp.EchoAsync(socket, context);
                });
            },
            o => o.Http.Enabled = false);

        using var answer = await app.Client.GetAsync("/throws");
        using var socket = await app.ConnectAsync("/ws");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, SocketApp.Bound());

        Assert.Equal("500", (await LineAsync("/throws")).Shown("Status"));
        Assert.Equal("101", (await LineAsync("/ws")).Shown("Status"));
        Assert.DoesNotContain("# TYPE http_", (await app.ScrapeAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Switched_off_there_is_no_line(bool logs, bool requestLogging)
    {
        await using var app = await StartAsync(a => a.MapGet("/hello", () => "hello"), o => (o.Logging.Enabled, o.Logging.RequestLogging) = (logs, requestLogging));

        await app.Client.GetStringAsync("/hello");
        await app.ScrapeUntilAsync(scrape => scrape.Sum(Requests, ("endpoint", "/hello"), ("status", "200")) == 1);

        Assert.Empty(Lines);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Category == RequestLog.Category);
    }

    [Fact]
    public async Task The_level_of_its_category_decides()
    {
        await using var app = await StartAsync(MapStatuses, builder: b => b.Logging.AddFilter(RequestLog.Category, LogLevel.Error));

        using var fine = await app.Client.GetAsync("/status/200");
        using var wrong = await app.Client.GetAsync("/status/500");

        await LineAsync("/status/{status:int}");
        Assert.Equal("500", Assert.Single(Lines).Shown("Status"));
    }

    [Fact]
    public async Task A_provider_of_the_apps_that_throws_is_not_felt_by_the_request()
    {
        await using var app = await StartAsync(
            a => a.MapGet("/hello", () => "hello"), builder: b => b.Logging.AddProvider(new Throwing()));

        Assert.Equal("hello", await app.Client.GetStringAsync("/hello"));

        await app.ScrapeUntilAsync(scrape => scrape.Value("colink_telemetry_observer_errors_total", ("observer", "logging")) >= 1);
        await app.ScrapeUntilAsync(scrape => scrape.Value(Requests, ("endpoint", "/hello"), ("status", "200")) == 1);
    }

    private IEnumerable<LogEvent> Lines => _roads.Loki.Where(logged => logged.Shown("SourceContext") == $"\"{RequestLog.Category}\"");

    private static void MapStatuses(WebApplication app)
    {
        app.MapGet("/status/{status:int}", (int status) => Results.StatusCode(status));
        app.MapGet("/throws", string () => throw new InvalidOperationException("thrown"));
        app.MapGet("/throws-bad", string () => throw new BadHttpRequestException("too much", (int)HttpStatusCode.RequestHeaderFieldsTooLarge));
    }

    private async Task<LogEvent> LineAsync(string endpoint)
    {
        await Eventually.IsTrue(() => Lines.Any(line => line.Shown("Endpoint") == $"\"{endpoint}\""));
        return Lines.First(line => line.Shown("Endpoint") == $"\"{endpoint}\"");
    }

    private Task<RunningApp> StartAsync(Action<WebApplication> app, Action<CoLinkObservabilityOptions>? options = null, Action<WebApplicationBuilder>? builder = null) => RunningApp.StartAsync(
        app,
        b =>
        {
            _roads.Bring(b.Services);
            builder?.Invoke(b);
        },
        o =>
        {
            o.Logging.Loki.Url = "http://loki:3100";
            options?.Invoke(o);
        });

    private sealed class Throwing : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName == RequestLog.Category ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("no disk");

        public void Dispose()
        {
        }
    }
}
