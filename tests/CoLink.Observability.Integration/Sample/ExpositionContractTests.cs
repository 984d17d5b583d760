using System.Net.WebSockets;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>An upgrade must not take a series from under a query: the sample's whole exposition is committed, and the changelog names what leaves it.</summary>
public sealed class ExpositionContractTests
{
    private const string File = "docs/exposition.txt";

    private const string Before = """
        # TYPE colink_telemetry_series gauge
        colink_telemetry_series{metric="orders_total"}
        colink_telemetry_series{metric="wait_seconds"}
        # TYPE orders_total counter
        # HELP orders_total Orders.
        orders_total{kind="book",outcome="success"}
        orders_total{kind="book",outcome="failure"}
        # TYPE wait_seconds histogram
        # HELP wait_seconds Wait.
        wait_seconds_bucket{kind="book",le="0.5 1 +Inf"}
        wait_seconds_count{kind="book"}
        wait_seconds_sum{kind="book"}
        """;

    [Fact]
    public async Task The_sample_exposes_what_it_did_unless_the_changelog_says_otherwise()
    {
        await using var sample = await SampleProcess.StartAsync();
        await DriveAsync(sample);
        await sample.ScrapeUntilAsync(IsSettled);

        var openMetrics = StrictExposition.Parse(await OpenMetricsAsync(sample), openMetrics: true);
        var text = StrictExposition.Parse(await sample.Client.GetStringAsync("/metrics"), openMetrics: false);
        var now = ExpositionContract.Render(text, openMetrics);

        // Each format names a counter's family in its own way, and nothing else differs.
        Assert.Equal(text.Samples.Select(series => (series.Name, series.Metric)), openMetrics.Samples.Select(series => (series.Name, series.Metric)));
        var unannounced = ExpositionContract.Unannounced(Read(File), now, Read("CHANGELOG.md"));
        Assert.True(unannounced.Count == 0, $"""
            Gone, and an entry under "Changed" or "Removed" of CHANGELOG.md's [Unreleased] must name the metric, and the label, its value or "buckets" where the metric stays:
            {string.Join('\n', unannounced)}
            Then COLINK_UPDATE_GOLDEN=1 writes {File} again.
            """);
        Golden.Check(File, now);
    }

    [Theory]
    [InlineData("orders_total", "orders_placed_total", "- `orders_total` is now `orders_placed_total`.", 4)]
    [InlineData("wait_seconds", "delay_seconds", "- `wait_seconds` is gone,\n  at last.", 5)]
    [InlineData("kind=\"book\",outcome", "type=\"book\",outcome", "- `orders_total`: the label `kind` is `type`.", 2)]
    [InlineData("outcome=\"failure\"", "outcome=\"failed\"", "- `orders_total`: `failure` reads `failed`.", 1)]
    [InlineData("orders_total counter", "orders_total gauge", "- `orders_total` is a gauge.", 1)]
    [InlineData("0.5 1 +Inf", "0.5 2 +Inf", "- `wait_seconds` has other buckets.", 1)]
    public void What_is_gone_is_named_first(string was, string becomes, string entry, int lines)
    {
        var now = Before.Replace(was, becomes, StringComparison.Ordinal);

        Assert.Equal(lines, ExpositionContract.Unannounced(Before, now, "").Count);
        Assert.Equal(lines, ExpositionContract.Unannounced(Before, now, Changelog("Added", entry)).Count);
        Assert.Equal(lines, ExpositionContract.Unannounced(Before, now, $"## [Unreleased]\n\n## [0.1.0]\n\n### Changed\n\n{entry}\n").Count);
        Assert.Equal(lines, ExpositionContract.Unannounced(Before, now, Changelog("Changed", "- `my_orders_total` and `wait_seconds_more` changed: `kind`, `failure`, buckets.")).Count);
        Assert.Empty(ExpositionContract.Unannounced(Before, now, Changelog("Changed", entry)));
        Assert.Empty(ExpositionContract.Unannounced(Before, now, Changelog("Removed", $"- Something else.\n{entry}\n- More.")));
    }

    [Fact]
    public void A_metric_that_stays_needs_more_than_its_name_and_what_is_new_or_reworded_needs_none()
    {
        var relabelled = Before.Replace("kind=\"book\",outcome", "type=\"book\",outcome", StringComparison.Ordinal);
        var more = Before.Replace("Orders.", "All orders.", StringComparison.Ordinal) + "\n# TYPE level gauge\nlevel";

        Assert.NotEmpty(ExpositionContract.Unannounced(Before, relabelled, Changelog("Changed", "- `orders_total` is faster.")));
        Assert.Empty(ExpositionContract.Unannounced(Before, more, ""));
    }

    private static string Changelog(string section, string entries) =>
        $"# Changelog\n\n## [Unreleased]: 0.2.0\n\n### {section}\n\n{entries}\n\n### Fixed\n\n- Nothing.\n\n## [0.1.0]\n\n### Added\n\n- All.\n";

    private static async Task DriveAsync(SampleProcess sample)
    {
        await sample.RegisterAsync("ada@example.com");
        await sample.RegisterAsync("ada@example.com");
        using (var socket = await sample.JoinAsync("general"))
        {
            await sample.SendAsync("hello");
            Assert.NotNull(await socket.NextAsync());
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        await sample.SendAsync("");
        await sample.UploadAsync("image/png");
        foreach (var path in new[] { "/api/messages?channel=general", "/api/messages?channel=general", "/api/search?q=hello", "/api/files/1", "/api/files/2", "/", "/nowhere", "/health/live", "/health/ready" })
            await sample.Client.GetAsync(path);
    }

    /// <summary>A request is counted after its answer has gone out. Thirteen are measured.</summary>
    private static bool IsSettled(Scrape found) =>
        found.Sum("http_requests_total") == 13 && found.Sum("websocket_connection_duration_seconds_count") == 1 && found.Sum("websocket_messages_received_total") == 1
        && found.All("health_check_status").Any() && found.Sum("colink_telemetry_scrapes_total", ("outcome", "success")) > 0;

    private static async Task<string> OpenMetricsAsync(SampleProcess sample)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Accept", "application/openmetrics-text; version=1.0.0" } } };
        using var answer = await sample.Client.SendAsync(request);
        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Read(string file) => Path.Combine(Golden.Root, file) is var path && System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path) : "";
}
