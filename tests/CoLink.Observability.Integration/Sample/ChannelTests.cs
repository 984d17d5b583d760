using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Sample;

public sealed class ChannelTests
{
    private const string Template = "/ws/channels/{channel}";

    [Fact]
    public async Task A_message_is_pushed_to_the_sockets_of_its_channel_alone()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var first = await sample.JoinAsync("general");
        using var second = await sample.JoinAsync("general");
        using var other = await sample.JoinAsync("other");

        await sample.SendAsync("to general <b>&</b> ünï");
        await sample.SendAsync("to other", channel: "other");

        foreach (var (socket, text) in new[] { (first, "to general <b>&</b> ünï"), (second, "to general <b>&</b> ünï"), (other, "to other") })
            Assert.Equal(text, JsonDocument.Parse((await socket.NextAsync())!).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_socket_is_counted_as_101_never_timed_and_not_in_progress_while_open()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var socket = await sample.JoinAsync("general");
        await sample.SendAsync("hello");
        await socket.NextAsync();

        var open = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_in_progress") == 0);
        Assert.Equal(0, open.Value("http_requests_in_progress", ("method", "GET")));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);

        var closed = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_total", ("status", "101")) == 1);
        Assert.Equal(1, closed.Value("http_requests_total", ("method", "GET"), ("endpoint", Template), ("status", "101")));
        Assert.Empty(closed.All("http_request_duration_seconds_count", ("endpoint", Template)));
        Assert.Equal(0, closed.Sum("http_requests_in_progress"));
    }

    [Fact]
    public async Task A_client_that_vanishes_leaves_no_trace_in_progress()
    {
        await using var sample = await SampleProcess.StartAsync();
        var socket = await sample.JoinAsync("general");
        socket.Abort();
        socket.Dispose();

        var scrape = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_total", ("endpoint", Template), ("status", "101")) == 1);

        Assert.Equal(0, scrape.Sum("http_requests_in_progress"));
        await sample.SendAsync("nobody hears this");
        Assert.DoesNotContain("\"level\":\"ERROR\"", sample.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_does_not_hold_up_who_posts()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var silent = await sample.JoinAsync("general");
        var text = new string('x', 4000);
        var started = Stopwatch.GetTimestamp();

        // The socket's buffers hold some megabytes, its outbox a hundred messages: far fewer than these.
        while ((await sample.ScrapeAsync()).Sum("http_requests_total", ("status", "101")) == 0 && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => sample.SendAsync(text)));

        Assert.Equal(1, (await sample.ScrapeAsync()).Sum("http_requests_total", ("status", "101")));
    }

    [Fact]
    public async Task Stopping_says_goodbye_to_open_sockets_and_ends_with_0()
    {
        await using var sample = await SampleProcess.StartAsync();
        using var polite = await sample.JoinAsync("general");
        using var silent = await sample.JoinAsync("general");

        var stopping = sample.StopAsync();

        Assert.Null(await polite.NextAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, polite.CloseStatus);
        await polite.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(0, await stopping);
        Assert.Equal("", sample.Errors);
    }

    [Fact]
    public async Task A_channel_shows_its_recent_messages_oldest_first_also_after_the_next_one()
    {
        await using var sample = await SampleProcess.StartAsync();
        for (var i = 1; i <= 52; i++)
        {
            await sample.SendAsync($"message {i}");
            if (i is 1 or 51)
                Assert.Equal($"message {i}", (await RecentAsync(sample))[^1]);
        }

        var recent = await RecentAsync(sample);

        Assert.Equal(Enumerable.Range(3, 50).Select(i => $"message {i}"), recent);
    }

    [Fact]
    public async Task A_cache_that_is_away_costs_no_message()
    {
        await using var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { ["ConnectionStrings__Redis"] = "127.0.0.1:1" });

        Assert.Equal(HttpStatusCode.Created, (await sample.SendAsync("first")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await sample.SendAsync("second")).StatusCode);
        Assert.Equal(["first", "second"], await RecentAsync(sample));
        await sample.SaysAsync("The cache failed, the database answers instead");
    }

    [Fact]
    public async Task A_search_finds_what_was_written_whatever_its_case()
    {
        await using var sample = await SampleProcess.StartAsync();
        await sample.SendAsync("100% Ärger_mit Dir", channel: "Plans");
        await sample.RegisterAsync("ada@example.com");
        await sample.UploadAsync("text/plain");

        Assert.Equal(["message"], await HitsAsync(sample, "q=ärgeR_MIT&scope=messages".Replace('ä', 'Ä')));
        Assert.Equal(["message"], await HitsAsync(sample, "q=%25"));
        Assert.Equal(["channel"], await HitsAsync(sample, "q=plans"));
        Assert.Equal(["user"], await HitsAsync(sample, "q=ADA@"));
        Assert.Equal(["file"], await HitsAsync(sample, "q=Notes"));
        Assert.Empty(await HitsAsync(sample, "q=Notes&scope=users"));
        Assert.Empty(await HitsAsync(sample, "q=1%25"));
    }

    private static async Task<string[]> RecentAsync(SampleProcess sample) =>
        [.. (await sample.Client.GetAsync("/api/messages?channel=general").JsonAsync()).EnumerateArray().Select(message => message.GetProperty("text").GetString()!)];

    private static async Task<string[]> HitsAsync(SampleProcess sample, string query) =>
        [.. (await sample.Client.GetAsync($"/api/search?{query}").JsonAsync()).GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("kind").GetString()!)];
}
