using System.Net;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Sample;

public sealed class MetricsTests
{
    private static readonly (string, string) Created = ("status", "201");
    private static readonly (string, string) Success = ("outcome", "success");
    private static readonly (string, string) Failure = ("outcome", "failure");

    [Fact]
    public async Task Every_endpoint_shows_up_with_its_method_template_and_status()
    {
        await using var sample = await SampleProcess.StartAsync();
        await sample.RegisterAsync("ada@example.com");
        await sample.RegisterAsync("ada@example.com");
        await sample.SendAsync("hello");
        await sample.SendAsync("");
        await sample.UploadAsync("image/png");
        foreach (var path in new[] { "/api/messages?channel=general", "/api/messages?channel=other", "/api/search?q=hello", "/api/files/1", "/api/files/2", "/", "/page.css", "/nowhere", "/health/live", "/health/ready" })
            await sample.Client.GetAsync(path);
        await sample.Client.DeleteAsync("/api/users");
        using (var socket = await sample.JoinAsync("general"))
            await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        var scrape = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_total", ("status", "101")) == 1 && found.Sum("http_requests_in_progress") == 0);

        var counted = scrape.All("http_requests_total").Where(series => series.Value > 0)
            .Select(series => $"{series.Labels["method"]} {series.Labels["endpoint"]} {series.Labels["status"]} {series.Value}");
        Assert.Equal(
            [
                "DELETE unmatched 405 1",
                "GET /api/files/{id:long} 200 1",
                "GET /api/files/{id:long} 404 1",
                "GET /api/messages 200 2",
                "GET /api/search 200 1",
                "GET /ws/channels/{channel} 101 1",
                "GET static 200 2",
                "GET unmatched 404 1",
                "POST /api/files 201 1",
                "POST /api/messages 201 1",
                "POST /api/messages 400 1",
                "POST /api/users 201 1",
                "POST /api/users 409 1",
            ],
            counted.Order(StringComparer.Ordinal));
        Assert.Equal("messaging-service", scrape.All("colink_build_info").Single().Labels["service"]);
    }

    [Fact]
    public async Task The_first_error_of_every_endpoint_is_an_increase()
    {
        await using var sample = await SampleProcess.StartAsync();

        var scrape = await sample.ScrapeAsync();

        Assert.Equal(
            ["/api/files", "/api/files/{id:long}", "/api/messages", "/api/messages", "/api/search", "/api/users", "/ws/channels/{channel}"],
            scrape.All("http_requests_total", ("status", "500")).Select(series => series.Labels["endpoint"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Business_counters_stand_at_0_before_the_first_event()
    {
        await using var sample = await SampleProcess.StartAsync();

        var scrape = await sample.ScrapeAsync();

        Assert.Equal((4, 12, 10, 5), (
            scrape.All("messages_sent_total").Count(), scrape.All("file_uploads_total").Count(),
            scrape.All("search_queries_total").Count(), scrape.All("user_registrations_total").Count()));
        Assert.Equal(0, Business(scrape));
    }

    [Fact]
    public async Task Business_counters_equal_what_was_done()
    {
        await using var sample = await SampleProcess.StartAsync();
        foreach (var (channelType, count) in new[] { ("direct", 1), ("group", 2), ("channel", 3), ("THREAD", 4) })
        {
            for (var i = 0; i < count; i++)
                Assert.Equal(HttpStatusCode.Created, (await sample.SendAsync("hello", channelType: channelType)).StatusCode);
        }

        foreach (var method in new[] { "password", "oauth", "sso", "invitation", "api" })
            await sample.RegisterAsync($"{method}@example.com", method);
        foreach (var scope in new[] { "messages", "files", "users", "channels", "all", "" })
            await sample.Client.GetAsync($"/api/search?q=hello&scope={scope}");
        foreach (var type in new[] { "image/png", "video/mp4", "audio/ogg", "text/plain; charset=utf-8", "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip", "application/x-unheard-of" })
            await sample.UploadAsync(type);
        await sample.UploadAsync("video/mp4", bytes: 10_485_761);
        await sample.UploadAsync("audio/ogg", bytes: 0);
        await sample.UploadAsync("image/png", bytes: 40_000_000);

        var scrape = await sample.ScrapeAsync();

        Assert.Equal([1, 2, 3, 4], new[] { "direct", "group", "channel", "thread" }.Select(type => scrape.Value("messages_sent_total", ("channel_type", type))!.Value));
        Assert.All(new[] { "password", "oauth", "sso", "invitation", "api" }, method => Assert.Equal(1, scrape.Value("user_registrations_total", ("method", method))));
        Assert.All(new[] { "messages", "files", "users", "channels" }, scope => Assert.Equal(1, scrape.Value("search_queries_total", ("scope", scope), Success)));
        Assert.Equal(2, scrape.Value("search_queries_total", ("scope", "all"), Success));
        Assert.All(new[] { "image", "video", "audio", "archive", "other" }, category => Assert.Equal(1, scrape.Value("file_uploads_total", ("category", category), Success)));
        Assert.Equal(3, scrape.Value("file_uploads_total", ("category", "document"), Success));
        Assert.Equal(1, scrape.Value("file_uploads_total", ("category", "video"), Failure));
        Assert.Equal(1, scrape.Value("file_uploads_total", ("category", "audio"), Failure));
        Assert.Equal(1, scrape.Value("file_uploads_total", ("category", "other"), Failure));
        Assert.Equal(10 + 5 + 6 + 11, Business(scrape));
    }

    [Fact]
    public async Task What_was_refused_is_no_message_no_search_and_no_registration()
    {
        await using var sample = await SampleProcess.StartAsync();
        await sample.SendAsync("");
        await sample.RegisterAsync("nobody");
        await sample.Client.GetAsync("/api/search?q=&scope=files");
        await sample.PostJsonAsync("/api/files", "{}");

        Assert.Equal(0, Business(await sample.ScrapeAsync()));
    }

    [Fact]
    public async Task A_database_that_breaks_is_seen_as_500_as_failures_and_as_not_ready()
    {
        var folder = Directory.CreateTempSubdirectory("messaging-service-test-");
        var file = Path.Combine(folder.FullName, "messages.db");
        await using (var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { ["ConnectionStrings__Sqlite"] = $"Data Source={file};Pooling=False" }))
        {
            await File.WriteAllTextAsync(file, new string('x', 8192));

            Assert.Equal(HttpStatusCode.InternalServerError, (await sample.SendAsync("lost")).StatusCode);
            Assert.Equal(HttpStatusCode.InternalServerError, (await sample.Client.GetAsync("/api/search?q=hello&scope=users")).StatusCode);
            Assert.Equal(HttpStatusCode.InternalServerError, (await sample.UploadAsync("image/png")).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await sample.Client.GetAsync("/health/ready")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await sample.Client.GetAsync("/health/live")).StatusCode);

            var scrape = await sample.ScrapeUntilAsync(found => found.Sum("http_requests_total", ("status", "500")) == 3);
            Assert.Equal(0, scrape.Sum("messages_sent_total"));
            Assert.Equal(1, scrape.Value("search_queries_total", ("scope", "users"), Failure));
            Assert.Equal(1, scrape.Value("file_uploads_total", ("category", "image"), Failure));
            Assert.Equal(2, Business(scrape));
            Assert.Equal(1, scrape.Value("http_requests_total", ("endpoint", "/api/search"), ("status", "500")));
            Assert.Null(scrape.Value("http_requests_total", ("endpoint", "/api/messages"), Created));
        }

        folder.Delete(recursive: true);
    }

    private static double Business(Scrape scrape) =>
        scrape.Sum("messages_sent_total") + scrape.Sum("file_uploads_total") + scrape.Sum("search_queries_total") + scrape.Sum("user_registrations_total");
}
