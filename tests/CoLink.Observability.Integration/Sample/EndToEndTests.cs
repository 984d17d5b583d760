using System.Net;
using System.Net.WebSockets;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>One scenario over HTTP and WebSocket on both kinds of backend: /metrics must say what was done, number by number.</summary>
public sealed class EndToEndTests
{
    private const string Sockets = "/ws/channels/{channel}";

    [Theory]
    [InlineData(Backend.Local)]
    [InlineData(Backend.Servers)]
    public async Task Everything_done_is_at_metrics_number_by_number(string name)
    {
        await using var backend = await Backend.StartAsync(name);
        await using var sample = await SampleProcess.StartAsync(backend.Settings);
        var before = await sample.ScrapeAsync();

        await DoAsync(sample);
        await BreakAsync(sample, backend);

        var done = new Changes(before, await sample.ScrapeUntilAsync(found => IsSettled(found, backend)));
        AssertRequests(done);
        AssertBusiness(done);
        AssertDatabase(done, backend);
        AssertCache(done, backend);
        AssertSockets(done);
        AssertItself(done.After, backend);
        Assert.All(backend.Secrets, secret => Assert.DoesNotContain(secret, done.After.Text, StringComparison.Ordinal));
        Assert.Equal(0, await sample.StopAsync());
        Assert.All(backend.Secrets, secret => Assert.DoesNotContain(secret, sample.Output, StringComparison.Ordinal));
    }

    /// <summary>Beside each call: what it asks the database, and what the cache.</summary>
    private static async Task DoAsync(SampleProcess sample)
    {
        await sample.RegisterAsync("ada@example.com", "sso"); // select, insert
        await sample.RegisterAsync("bob@example.com", "oauth"); // select, insert
        await sample.RegisterAsync("ada@example.com", "sso"); // select: taken
        await sample.RegisterAsync("nobody"); // refused

        var leaving = await sample.JoinAsync("general");
        var going = await sample.JoinAsync("general");
        var vanishing = await sample.JoinAsync("other");
        await sample.SendAsync("one"); // insert
        await sample.SendAsync("two", channelType: "direct"); // insert
        await sample.SendAsync("three", "other", "thread"); // insert
        await sample.SendAsync("to nobody", "empty", "group"); // insert
        await sample.SendAsync(""); // refused
        foreach (var socket in new[] { leaving, leaving, going, going, vanishing })
            Assert.NotNull(await socket.NextAsync());
        await leaving.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await leaving.SendAsync("in "u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        await leaving.SendAsync("parts"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        var open = await sample.ScrapeUntilAsync(found => found.Sum("websocket_messages_received_total") == 2);
        Assert.Equal(3, open.Value("websocket_active_connections", ("endpoint", Sockets)));
        await leaving.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await going.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, null, CancellationToken.None);
        vanishing.Abort();

        foreach (var path in new[]
        {
            "/api/messages?channel=general", // miss, select
            "/api/messages?channel=general", // hit
            "/api/messages?channel=general", // hit
            "/api/messages?channel=empty", // miss, select
            "/api/messages?channel=not+a+channel", // refused
            "/api/search?q=one&scope=messages", // select
            "/api/search?q=ada&scope=users", // select
            "/api/search?q=one", // 4 selects
            "/api/search?q=", // refused
        })
            await sample.Client.GetAsync(path);
        await sample.SendAsync("four"); // insert; forgets what was cached
        await sample.Client.GetAsync("/api/messages?channel=general"); // miss, select

        await sample.UploadAsync("image/png"); // 2 inserts: the file and its content
        await sample.UploadAsync("application/zip"); // 2 inserts
        await sample.UploadAsync("audio/ogg", bytes: 0); // refused, a failure
        await sample.Client.GetAsync("/api/files/1"); // select
        await sample.Client.GetAsync("/api/files/9"); // select: not found
        await sample.Client.GetAsync("/health/ready"); // select; no request that is measured
    }

    /// <summary>A table is away for two calls.</summary>
    private static async Task BreakAsync(SampleProcess sample, Backend backend)
    {
        await backend.ExecuteAsync("""ALTER TABLE "Users" RENAME TO "Elsewhere" """);
        Assert.Equal(HttpStatusCode.InternalServerError, (await sample.Client.GetAsync("/api/search?q=ada&scope=users")).StatusCode); // select, fails
        Assert.Equal(HttpStatusCode.InternalServerError, (await sample.RegisterAsync("eve@example.com")).StatusCode); // select, fails
        await backend.ExecuteAsync("""ALTER TABLE "Elsewhere" RENAME TO "Users" """);
        Assert.Equal(HttpStatusCode.OK, (await sample.Client.GetAsync("/api/search?q=ada&scope=users")).StatusCode); // select
    }

    /// <summary>A request is counted after its answer has gone out, so the last ones may be a moment late; Redis is asked every second.</summary>
    private static bool IsSettled(Scrape found, Backend backend) =>
        found.Sum("http_requests_total", ("status", "101")) == 3 && found.Sum("websocket_active_connections") == 0
        && found.Sum("http_requests_total", ("endpoint", "/api/search")) == 6 && found.Sum("http_requests_in_progress") == 0
        && (backend is LocalBackend || found.All("redis_memory_used_bytes").Any());

    private static void AssertRequests(Changes done)
    {
        Assert.Equal(
            [
                "GET /api/files/{id:long} 200 1",
                "GET /api/files/{id:long} 404 1",
                "GET /api/messages 200 5",
                "GET /api/messages 400 1",
                "GET /api/search 200 4",
                "GET /api/search 400 1",
                "GET /api/search 500 1",
                "GET /ws/channels/{channel} 101 3",
                "POST /api/files 201 2",
                "POST /api/files 400 1",
                "POST /api/messages 201 5",
                "POST /api/messages 400 1",
                "POST /api/users 201 2",
                "POST /api/users 400 1",
                "POST /api/users 409 1",
                "POST /api/users 500 1",
            ],
            done.Of("http_requests_total"));
        Assert.Equal(done.Sum("http_requests_total") - 3, done.Sum("http_request_duration_seconds_count"));
    }

    private static void AssertBusiness(Changes done)
    {
        Assert.Equal(["channel 2", "direct 1", "group 1", "thread 1"], done.Of("messages_sent_total"));
        Assert.Equal(["archive success 1", "audio failure 1", "image success 1"], done.Of("file_uploads_total"));
        Assert.Equal(["all success 1", "messages success 1", "users failure 1", "users success 2"], done.Of("search_queries_total"));
        Assert.Equal(["oauth 1", "sso 1"], done.Of("user_registrations_total"));
        Assert.Equal(["search failure 1", "search success 4"], done.Of("operations_total"));
        Assert.Equal(["search failure 1", "search success 4"], done.Of("operation_duration_seconds_count"));
    }

    private static void AssertDatabase(Changes done, Backend backend)
    {
        var system = backend.Database[0].Item2;
        Assert.Equal([$"{system} insert 11", $"{system} select 18"], done.Of("db_query_duration_seconds_count"));
        Assert.Equal([$"{system} select 2"], done.Of("db_query_errors_total"));
        Assert.Equal(0, done.After.Value("db_connections_active", backend.Database));
        Assert.Equal(6, done.After.All("db_connection_errors_total", backend.Database).Count());
        Assert.Equal(backend.ConnectionErrorsAtStart, Changes.Values(done.After, "db_connection_errors_total"));
        if (backend is ServersBackend)
        {
            // One call after another: one connection served them all.
            Assert.Equal(1, done.After.Value("db_connections_idle", backend.Database));
            Assert.Equal(7, done.After.Value("db_connections_max", backend.Database));
        }
        else
        {
            Assert.Empty(done.After.All("db_connections_idle"));
            Assert.Empty(done.After.All("db_connections_max"));
        }
    }

    private static void AssertCache(Changes done, Backend backend)
    {
        Assert.Equal([$"{backend.Cache} 2"], done.Of("redis_hits_total"));
        Assert.Equal([$"{backend.Cache} 3"], done.Of("redis_misses_total"));
        Assert.Equal(0, done.After.Value("messaging_cache_failures_total"));
        if (backend is ServersBackend { Redis.Address: var server })
        {
            Assert.Equal([$"{server} 1"], Changes.Values(done.After, "redis_client_reachable"));
            Assert.InRange(done.After.Value("redis_memory_used_bytes", ("server", server))!.Value, 100_000, 1e9);
        }
        else
        {
            Assert.DoesNotContain(done.After.Samples, sample => sample.Name is "redis_client_reachable" or "redis_memory_used_bytes");
        }
    }

    private static void AssertSockets(Changes done)
    {
        Assert.Equal(0, done.After.Value("websocket_active_connections", ("endpoint", Sockets)));
        Assert.Equal([$"{Sockets} 5"], done.Of("websocket_messages_sent_total"));
        Assert.Equal([$"{Sockets} 2"], done.Of("websocket_messages_received_total"));
        Assert.Equal([$"{Sockets} client_abort 1", $"{Sockets} going_away 1", $"{Sockets} normal 1"], done.Of("websocket_disconnections_total"));
        Assert.Equal([$"{Sockets} 3"], done.Of("websocket_connection_duration_seconds_count"));
    }

    private static void AssertItself(Scrape scrape, Backend backend)
    {
        Assert.Equal(backend.Sources, scrape.All("colink_telemetry_source_active").Select(series => (series.Labels["source"], series.Value)).OrderBy(found => found.Item1, StringComparer.Ordinal));
        Assert.NotEmpty(scrape.All("colink_telemetry_observer_errors_total"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_label_values_refused_total"));
    }
}
