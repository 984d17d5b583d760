using System.Net;
using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>The sample's servers go away and come back, and /metrics says so.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_PostgreSQL_that_stops_is_connection_errors_until_it_is_back()
    {
        await using var servers = await ServersBackend.StartAsync();
        await using var sample = await SampleProcess.StartAsync(servers.Settings);
        var before = await sample.ScrapeAsync();
        Assert.Equal(0, before.Value("db_connection_errors_total", [.. servers.Database, ("reason", "refused")]));

        await servers.Postgres.StopAsync();

        // The connection that the server ended may be noticed as a command that failed; the next one is refused.
        Assert.Equal(HttpStatusCode.InternalServerError, (await sample.Client.GetAsync("/api/search?q=one&scope=users")).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await sample.Client.GetAsync("/api/search?q=one&scope=users")).StatusCode);
        var away = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_total", ("status", "500")) == 2);
        Assert.InRange(away.Value("db_connection_errors_total", [.. servers.Database, ("reason", "refused")])!.Value, 1, 2);
        Assert.Equal(
            away.Sum("db_connection_errors_total", ("reason", "refused")), away.Sum("db_connection_errors_total") - before.Sum("db_connection_errors_total"));
        Assert.Equal(2, away.Value("operations_total", ("operation", "search"), ("outcome", "failure")));
        Assert.Equal(0, away.Value("db_connections_active", servers.Database));

        await servers.Postgres.StartAgainAsync();

        Assert.Equal(HttpStatusCode.OK, (await sample.Client.GetAsync("/api/search?q=one&scope=users")).StatusCode);
        var back = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_total", ("endpoint", "/api/search"), ("status", "200")) == 1);
        Assert.Equal(away.Sum("db_connection_errors_total"), back.Sum("db_connection_errors_total"));
        Assert.Equal(0, back.Sum("colink_telemetry_observer_errors_total"));
    }

    [Fact]
    public async Task A_Redis_that_stops_is_unreachable_and_costs_no_message_until_it_is_back()
    {
        await using var servers = await ServersBackend.StartAsync();
        await using var sample = await SampleProcess.StartAsync(servers.Settings);
        var server = ("server", servers.Redis.Address);
        await sample.Client.GetAsync("/api/messages?channel=general"); // The cache connects at its first use.
        var up = await sample.ScrapeUntilAsync(found => found.Value("redis_client_reachable", server) == 1 && found.All("redis_memory_used_bytes", server).Any());
        Assert.InRange(up.Value("redis_memory_used_bytes", server)!.Value, 100_000, 1e9);

        await servers.Redis.StopAsync();

        await sample.ScrapeUntilAsync(found => found.Value("redis_client_reachable", server) == 0 && !found.All("redis_memory_used_bytes").Any());
        Assert.Equal(HttpStatusCode.Created, (await sample.SendAsync("one")).StatusCode);
        var failed = await sample.ScrapeUntilAsync(found => found.Sum("messages_sent_total") == 1);
        Assert.Equal(1, failed.Value("messaging_cache_failures_total"));

        await servers.Redis.StartAsync();

        var back = await sample.ScrapeUntilAsync(found => found.Value("redis_client_reachable", server) == 1 && found.All("redis_memory_used_bytes", server).Any());
        Assert.Equal(0, back.Sum("colink_telemetry_observer_errors_total"));
        Assert.All(servers.Secrets, secret => Assert.DoesNotContain(secret, back.Text + sample.Output, StringComparison.Ordinal));
    }
}
