using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using CoLink.Observability.Tests.Http.RouteTable;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Http;

/// <summary>Ten thousand requests of every kind at once: what was sent is what was counted.</summary>
public sealed class HttpLoadTests
{
    private const int Requests = 10_000;

    private const int MaxBody = 1_024;

    private readonly ConcurrentDictionary<int, TaskCompletionSource> _arrived = new();
    private readonly ConcurrentDictionary<(string Method, string Endpoint, string Status), int> _sent = new();
    private Uri? _http2;

    [Fact]
    public async Task Totals_equal_what_was_sent_and_nothing_stays_in_progress()
    {
        await using var app = await RunningApp.StartAsync(Map, builder =>
        {
            Listeners.H2c(builder);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBody);
            builder.Logging.SetMinimumLevel(LogLevel.None);
        });
        _http2 = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1));

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) => await SendAsync(app, i));

        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total") == Requests && s.Sum("http_requests_in_progress") == 0);
        foreach (var ((method, endpoint, status), count) in _sent)
            Assert.Equal(count, scrape.Value("http_requests_total", ("method", method), ("endpoint", endpoint), ("status", status)));
        var untimed = _sent[("GET", "/ws", "101")] + _sent[("GET", "/events", "200")] + _sent[("GET", "/endless", "499")];
        Assert.Equal(Requests - untimed, scrape.Sum("http_request_duration_seconds_count"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        Assert.All(scrape.All("http_requests_in_progress"), sample => Assert.Equal(0, sample.Value));
    }

    private void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.MapGet("/sync/{id}", (int id) => id);
        app.MapGet("/async/{id}", async (int id) =>
        {
            await Task.Yield();
            return id;
        });
        app.MapPost("/post", async (HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null));
        app.MapGet("/stream", async (HttpContext context) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"{i}\n");
                await context.Response.Body.FlushAsync();
            }
        });
        app.MapGet("/events", () => TypedResults.ServerSentEvents(Three()));
        app.MapGet("/endless", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.MapGet("/throw", IResult () => throw new InvalidOperationException());
        app.MapGet("/throw-later", async Task<IResult> () =>
        {
            await Task.Yield();
            throw new InvalidOperationException();
        });
        app.MapGet("/slow/{id}", async (int id, HttpContext context) =>
        {
            _arrived[id].SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.Map("/ws", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[16], context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
    }

    private async Task SendAsync(RunningApp app, int i)
    {
        switch (i % 50)
        {
            case 0:
                await AbortAsync(app, i);
                break;
            case 1:
                await WebSocketAsync(app);
                break;
            case 2:
                await LeaveEventsAsync(app);
                break;
            case 3:
                await TooLargeAsync(app);
                break;
            case < 6:
                await GetAsync(app, "/throw", "/throw", 500);
                break;
            case 6:
                await GetAsync(app, "/stream", "/stream", 200);
                break;
            case 7:
                await GetAsync(app, "/events", "/events", 200);
                break;
            case < 10:
                await GetAsync(app, "/throw-later", "/throw-later", 500);
                break;
            case < 15:
                await GetAsync(app, $"/nowhere/{i}", "unmatched", 404);
                break;
            case < 25:
                using (var response = await app.Client.PostAsync("/post", new StringContent("body")))
                    Count("POST", "/post", 200, (int)response.StatusCode);
                break;
            case < 30:
                await Http2Async(app, i);
                break;
            case < 40:
                await GetAsync(app, $"/async/{i}", "/async/{id}", 200);
                break;
            default:
                await GetAsync(app, $"/sync/{i}", "/sync/{id}", 200);
                break;
        }
    }

    private async Task GetAsync(RunningApp app, string path, string endpoint, int status)
    {
        using var response = await app.Client.GetAsync(path);
        Count("GET", endpoint, status, (int)response.StatusCode);
    }

    private async Task AbortAsync(RunningApp app, int i)
    {
        _arrived[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gone = new CancellationTokenSource();
        var request = app.Client.GetAsync($"/slow/{i}", gone.Token);
        await _arrived[i].Task;
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Count("GET", "/slow/{id}", 499, 499);
    }

    private async Task LeaveEventsAsync(RunningApp app)
    {
        using (await app.Client.GetAsync("/endless", HttpCompletionOption.ResponseHeadersRead))
            Count("GET", "/endless", 499, 499);
    }

    /// <summary>Says beforehand how much it would send, and waits to be asked for it: else the server could close while it still sends.</summary>
    private async Task TooLargeAsync(RunningApp app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/post") { Content = new ByteArrayContent(new byte[MaxBody + 1]) };
        request.Headers.ExpectContinue = true;
        using var response = await app.Client.SendAsync(request);
        Count("POST", "/post", 413, (int)response.StatusCode);
    }

    private async Task Http2Async(RunningApp app, int i)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_http2!, $"/async/{i}")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await app.Client.SendAsync(request);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Count("GET", "/async/{id}", 200, (int)response.StatusCode);
    }

    private static async IAsyncEnumerable<string> Three()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return $"{i}";
        }
    }

    private async Task WebSocketAsync(RunningApp app)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Count("GET", "/ws", 101, 101);
    }

    private void Count(string method, string endpoint, int expected, int seen)
    {
        Assert.Equal(expected, seen);
        _sent.AddOrUpdate((method, endpoint, $"{expected}"), 1, (_, count) => count + 1);
    }
}
