using CoLink.Observability.Catalogue;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging;

public sealed class LogMetricsTests
{
    private const string Failures = "colink_telemetry_export_failures_total";

    private readonly CollectingRoads _roads = new();

    [Fact]
    public async Task Each_push_that_fails_is_counted_with_its_reason_which_was_at_0_before()
    {
        await using var app = await StartAsync();
        var before = await app.ScrapeAsync();
        Assert.All(SelfCatalogue.ExportFailures.Labels[1].Values, reason => Assert.Equal(0, Failed(before, reason)));

        _roads.Pushed("2xx", TimeSpan.FromSeconds(1));
        _roads.Pushed("4xx", TimeSpan.FromSeconds(1));
        _roads.Pushed("4xx", TimeSpan.FromSeconds(1), PushFailure.Unauthorized);
        _roads.Pushed("network", TimeSpan.FromSeconds(1), PushFailure.Unreachable);
        _roads.Pushed("network", TimeSpan.FromSeconds(1), PushFailure.Unreachable);

        var after = await app.ScrapeAsync();
        Assert.Equal((1, 2, 3), (Failed(after, "unauthorized"), Failed(after, "unreachable"), after.Sum(Failures, ("signal", "logs"))));
        Assert.Equal((1, 2, 0, 2), (Pushed(after, "2xx"), Pushed(after, "4xx"), Pushed(after, "5xx"), Pushed(after, "network")));
        Assert.Equal(2, after.Value("colink_telemetry_log_push_duration_seconds_sum", ("result", "4xx")));
    }

    private static double? Failed(Scrape scrape, string reason) => scrape.Value(Failures, ("signal", "logs"), ("reason", reason));

    private static double? Pushed(Scrape scrape, string result) => scrape.Value("colink_telemetry_log_pushes_total", ("result", result));

    private Task<RunningApp> StartAsync() => RunningApp.StartAsync(builder: b => _roads.Bring(b.Services), options: o => o.Logging.Loki.Url = "http://loki:3100");
}
