using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Integration.Packaging.Published;

[Collection(nameof(PackedLibrary))]
public sealed class PlainAppTests(PlainApp app) : PublishedAppTests(app), IClassFixture<PlainApp>;

[Collection(nameof(PackedLibrary))]
public sealed class TrimmedAppTests(TrimmedApp app) : PublishedAppTests(app), IClassFixture<TrimmedApp>;

[Collection(nameof(PackedLibrary))]
public sealed class NativeAppTests(NativeApp app) : PublishedAppTests(app), IClassFixture<NativeApp>;

/// <summary>What an app that is published in one of the ways does, and what of it is lost in which.</summary>
public abstract class PublishedAppTests(PublishedApp app)
{
    private PublishedApp App
    {
        get
        {
            Assert.SkipWhen(app.Missing is not null, app.Missing ?? "");
            return app;
        }
    }

    private HttpClient Client => App.Running.Client;

    [Fact]
    public void Publishing_it_says_nothing_of_the_library()
    {
        Assert.DoesNotMatch(@"warning IL[0-9]+: .*CoLink\.Observability", App.Said);
        Assert.DoesNotContain("will always throw", App.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_counted_and_timed_by_its_route_and_an_excluded_one_is_not()
    {
        Assert.Equal("hello you", await Client.GetStringAsync("/hello/you"));
        Assert.Equal("hush you", await Client.GetStringAsync("/quiet/you"));

        var scrape = await Scrape.UntilAsync(Client, found => found.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) >= 1);
        Assert.InRange(scrape.Value("http_request_duration_seconds_count", ("endpoint", "/hello/{name}")) ?? 0, 1, int.MaxValue);
        Assert.Equal(0, scrape.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "503")));
        Assert.Empty(scrape.All("http_requests_total", ("endpoint", "/quiet/{name}"), ("status", "200")));
    }

    [Fact]
    public async Task Everything_of_the_process_and_of_the_runtime_is_there_and_no_observer_failed()
    {
        var scrape = await Scrape.OfAsync(Client);

        Assert.Equal([], RuntimeCatalogue.All.Where(metric => scrape.All(metric.Name).FirstOrDefault() is null).Select(metric => metric.Name));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        Assert.Equal(1, scrape.Value("colink_build_info", ("service", "shop"), ("version", "1.2.3")));
        Assert.All([Sources.MemoryCache, Sources.DistributedCache, Sources.HybridCache], source => Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", source))));
    }

    [Fact]
    public async Task Keys_of_every_type_are_read_a_misspelt_one_is_named_and_no_secret_is_said()
    {
        using var stranger = new HttpClient();
        stranger.BaseAddress = Client.BaseAddress;
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/metrics")).StatusCode);
        Assert.Contains("meters Shop.*", await App.Running.SaysAsync("metrics at /metrics on the app's port, networks, bearer"), StringComparison.Ordinal);
        Assert.Contains("CoLink:Observability:Metrics:Path", await App.Running.SaysAsync("CoLink:Observability:Metrics:Pfad"), StringComparison.Ordinal);

        await Eventually.IsTrue(() => App.Loki.Pushes.Any(push =>
            (push.Headers.GetValueOrDefault("X-Scope-OrgID"), push.Headers.GetValueOrDefault("Authorization")) == ("books", $"Bearer {PublishedApp.LokiToken}")));
        Assert.DoesNotContain("s3cr3t", App.Running.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(App.Loki.Lines, line => line.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_key_stops_it_with_its_name_its_value_and_what_is_allowed()
    {
        var (code, output) = await App.EndAsync(PublishedApp.Keys(
            ("Logging:Console", "Yaml"), ("Metrics:MaxConcurrentScrapes", "0"), ("Metrics:SeriesLimits:shop_books_sold_total", "many"), ("Logging:Loki:Timeout", "soon"), ("Metrics:BearerToken", "s3cr3t")));

        Assert.NotEqual(0, code);
        Assert.Contains("CoLink:Observability:Logging:Console is 'Yaml', but allowed is one of Json, Text, None", output, StringComparison.Ordinal);
        Assert.Contains("CoLink:Observability:Metrics:MaxConcurrentScrapes is '0', but allowed is", output, StringComparison.Ordinal);
        Assert.Contains("CoLink:Observability:Metrics:SeriesLimits:shop_books_sold_total is 'many', but allowed is", output, StringComparison.Ordinal);
        Assert.Contains("CoLink:Observability:Logging:Loki:Timeout is 'soon', but allowed is a time", output, StringComparison.Ordinal);
        Assert.Contains("CoLink:Observability:Metrics:BearerToken is a secret (not shown)", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_of_its_own_and_instruments_pass_the_guard()
    {
        foreach (var title in (string[])["dune", "emma", "ulysses"])
            await Client.GetStringAsync($"/books/{title}");

        var scrape = await Scrape.OfAsync(Client);
        Assert.Equal(["_other", "dune", "emma"], scrape.All("shop_books_sold_total").Select(series => series.Labels["title"]).Order(StringComparer.Ordinal));
        Assert.Equal(3, scrape.Value("shop_old_books_sold_total"));
        Assert.Equal(6, scrape.Value("shop_books_moved_total", ("shelf", "scifi")));
        Assert.Equal(9, scrape.Value("shop_books_stored_seconds_sum"));
    }

    [Fact]
    public async Task What_its_users_do_is_counted()
    {
        await Client.GetStringAsync("/searches");

        var scrape = await Scrape.OfAsync(Client);
        Assert.Equal(1, scrape.Value("search_queries_total", ("scope", "files"), ("outcome", "failure")));
        Assert.Equal(1, scrape.Value("messages_sent_total", ("channel_type", "thread")));
        Assert.Equal(0, scrape.Value("user_registrations_total", ("method", "invitation")));
    }

    [Fact]
    public async Task Reads_of_all_three_caches_are_counted_once()
    {
        Assert.Equal("aac7c7deefff", await Client.GetStringAsync("/caches"));

        var scrape = await Scrape.OfAsync(Client);
        Assert.Equal(
            [("hybrid", 2, 3), ("distributed", 2, 1), ("memory", 3, 1)],
            ((string[])["hybrid", "distributed", "memory"]).Select(cache => (cache, scrape.Value("redis_hits_total", ("cache", cache)), scrape.Value("redis_misses_total", ("cache", cache)))));
    }

    [Fact]
    public async Task A_socket_is_counted()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(Client.BaseAddress!) { Scheme = "ws", Path = "/echo" }.Uri, CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        var scrape = await Scrape.UntilAsync(Client, found => found.Sum("websocket_disconnections_total", ("endpoint", "/echo")) == 1);
        Assert.Equal(1, scrape.Value("websocket_messages_received_total", ("endpoint", "/echo")));
        Assert.Equal(1, scrape.Value("websocket_messages_sent_total", ("endpoint", "/echo")));
    }

    [Fact]
    public async Task A_health_check_is_recorded_as_it_runs()
    {
        Assert.Equal("Degraded", await Client.GetStringAsync("/health"));

        var scrape = await Scrape.OfAsync(Client);
        Assert.Equal(.5, scrape.Value("health_check_status", ("check", "shelves")));
        Assert.Equal(1, scrape.Value("health_check_status", ("check", "colink_telemetry")));
    }

    [Fact]
    public async Task An_exception_that_escapes_is_a_500_and_an_error_with_its_type_message_and_stack()
    {
        Assert.Equal(HttpStatusCode.InternalServerError, (await Client.GetAsync("/fail")).StatusCode);

        await Scrape.UntilAsync(Client, found => found.Value("http_requests_total", ("endpoint", "/fail"), ("status", "500")) == 1);
        var error = (await LineAsync(line => line.TryGetProperty("error", out var of) && Text(of, "message")?.StartsWith("No such shelf", StringComparison.Ordinal) == true)).GetProperty("error");
        Assert.Equal("System.InvalidOperationException", error.GetProperty("type").GetString());
        Assert.Equal("No such shelf; [redacted]", error.GetProperty("message").GetString());
        Assert.Matches(@"(?s)System\.InvalidOperationException: No such shelf; \[redacted\].* at Program\.", error.GetProperty("stack").GetString());
        var span = await SpanAsync(one => one.Name == "GET /fail");
        Assert.Equal((2, "System.InvalidOperationException"), (span.StatusCode, span["error.type"]));
    }

    [Fact]
    public async Task An_operation_is_a_metric_a_span_and_a_scope_from_the_request_to_the_one_it_makes()
    {
        Assert.Equal("hello 4711", await Client.GetStringAsync("/orders/4711"));
        await Client.GetAsync("/orders/0");

        var scrape = await Scrape.UntilAsync(Client, found => found.Value("http_requests_total", ("endpoint", "/orders/{id}"), ("status", "500")) == 1);
        Assert.Equal((1, 1), (scrape.Value("operations_total", ("operation", "order"), ("outcome", "success")), scrape.Value("operations_total", ("operation", "order"), ("outcome", "failure"))));
        var operation = await SpanAsync(span => span.Name == "order" && (string?)span["order_id"] == "4711");
        var request = await SpanAsync(span => span.SpanId == operation.ParentId);
        var call = await SpanAsync(span => span.ParentId == operation.SpanId);
        var called = await SpanAsync(span => span.ParentId == call.SpanId);
        Assert.Equal(("GET /orders/{id}", ReceivedSpan.Server, "shop", "1.2.3"), (request.Name, request.Kind, request.Resource["service.name"], request.Resource["service.version"]));
        Assert.Equal((ReceivedSpan.Client, 200L, "GET /hello/{name}", "/hello/{name}"), (call.Kind, call["http.response.status_code"], called.Name, called["http.route"]));
        var line = await LineAsync(one => Text(one, "Order") == "4711");
        Assert.Equal((operation.TraceId, operation.SpanId, "4711"), (Text(line, "trace_id"), Text(line, "span_id"), Text(line, "order_id")));
        Assert.Contains(App.Collector.Exports, export => export.IsGrpc && export.Headers.GetValueOrDefault("x-key") == PublishedApp.CollectorKey);
        await Scrape.UntilAsync(Client, found => found.Value("colink_telemetry_spans_total", ("outcome", "exported")) >= 4);
    }

    [Fact]
    public async Task A_line_has_its_properties_and_those_of_its_scopes_and_no_secret()
    {
        await Client.GetStringAsync("/say");

        var line = await LineAsync(one => Text(one, "message")!.StartsWith("Sold ", StringComparison.Ordinal));
        Assert.Equal(("WARN", "Shop", "ada", "[redacted]", "Linen"), (Text(line, "level"), Text(line, "logger"), Text(line, "Buyer"), Text(line, "Password"), Text(line, "Binding")));
        Assert.Equal(("acme", "eu", "7", "12.5"), (Text(line, "Tenant"), Text(line, "Region"), Text(line, "Basket"), Text(line, "Price")));
        Assert.Equal("""{"Id":12,"Name":"Sold"}""", Text(line, "EventId"));
        Assert.Equal("""["Dune","Emma"]""", Text(line, "Titles"));
        Assert.Equal("""{"Dune":3}""", Text(line, "Stock"));
        var login = await LineAsync(one => Text(one, "message")!.StartsWith("Came ", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", login.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", App.Running.Output, StringComparison.Ordinal);
        var stream = App.Loki.Streams.Single(stream => stream.Value.Any(entry => entry.Line.Contains("Sold ", StringComparison.Ordinal))).Key;
        Assert.Contains("region=\"eu-west\"", stream, StringComparison.Ordinal);
        Assert.Contains("shelf=\"scifi\"", stream, StringComparison.Ordinal);

        if (App.TakesObjectsApart)
        {
            Assert.Equal(("""{"Title":"Dune","Pages":600}""", """{"Wrapped":true}"""), (Text(line, "Book"), Text(line, "Gift")));
            Assert.Equal("""{"User":"ada","Password":"[redacted]"}""", Text(login, "Login"));
        }
        else
        {
            Assert.Equal(("Book { Title = Dune, Pages = 600 }", "{ Wrapped = True }"), (Text(line, "Book"), Text(line, "Gift")));
            Assert.Equal("Login { User = ada, Password = [redacted]}", Text(login, "Login"));
        }
    }

    [Fact]
    public async Task What_Loki_did_not_take_waits_on_disk_for_the_next_process_and_the_end_is_a_good_one()
    {
        using var spool = new TemporaryFolder();
        var settings = PublishedApp.Keys(
            ("ServiceName", "heir"), ("Logging:Loki:Url", $"http://127.0.0.1:{FreePort.Next()}"), ("Logging:Loki:SpoolDirectory", spool.Path), ("Metrics:AllowedNetworks", "10.0.0.0/8"),
            ("Logging:Loki:BatchPeriod", "00:00:00.05"), ("Logging:Loki:ShutdownTimeout", "00:00:00.5"),
            ("Tracing:Otlp:Endpoint", App.Collector.Http.GetLeftPart(UriPartial.Authority)), ("Tracing:Otlp:Protocol", "HttpProtobuf"), ("Tracing:Otlp:Compression", "gzip"));
        settings[ShopProgram.Samples] = "1";
        await using (var first = await App.StartAsync(settings))
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await first.Client.GetAsync("/metrics")).StatusCode);
            await first.SaysAsync("(HttpProtobuf), as the app's sampler decides; logs: standard output Json");
            await first.Client.GetStringAsync("/hello/spool");
            Assert.Equal(0, await first.StopAsync(TimeSpan.FromSeconds(30)));
        }

        settings[PublishedApp.Keys(("Logging:Loki:Url", null)).Keys.Single()] = App.Loki.Address.GetLeftPart(UriPartial.Authority);
        await using var second = await App.StartAsync(settings);
        var line = await LineAsync(one => Text(one, "Path") == "/hello/spool");
        Assert.Equal("/hello/{name}", Text(line, "Endpoint"));
        await SpanAsync(span => span.TraceId == Text(line, "trace_id") && (string?)span.Resource["service.name"] == "heir");
        Assert.Contains(App.Collector.Exports, export => !export.IsGrpc && export.Headers["Content-Encoding"] == "gzip");
        Assert.Equal(0, await second.StopAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Beside_an_exporter_of_its_own_each_span_arrives_once_and_is_counted()
    {
        var port = FreePort.Next();
        var settings = new Dictionary<string, string?>(PublishedApp.Keys(("ServiceName", "exporting"), ("Metrics:Port", $"{port}"), ("Logging:Console", "Text")))
        {
            [ShopProgram.Exports] = "1",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = App.Collector.Grpc.GetLeftPart(UriPartial.Authority),
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        };
        await using var running = await App.StartAsync(settings);
        await running.Client.GetStringAsync("/hello/once");

        Assert.Contains($"metrics at /metrics on port {port}", await running.SaysAsync("traces: exported by the app; logs: standard output Text"), StringComparison.Ordinal);
        using var scraper = new HttpClient();
        scraper.BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri;
        await Scrape.UntilAsync(scraper, found => found.Value("colink_telemetry_spans_total", ("outcome", "exported")) == 1);
        Assert.Equal(0, await running.StopAsync(TimeSpan.FromSeconds(30)));
        Assert.Single(App.Collector.Spans, span => (string?)span.Resource["service.name"] == "exporting");
        Assert.DoesNotContain("could not be seen", running.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_nobody_catches_is_the_last_line_and_reaches_Loki()
    {
        await using var running = await App.StartAsync(PublishedApp.Keys(("ServiceName", "burning"), ("Logging:Loki:Url", App.Loki.Address.GetLeftPart(UriPartial.Authority))));

        // It may be answered, or not any more.
        await Record.ExceptionAsync(() => running.Client.PostAsync("/crash", null));

        Assert.NotEqual(0, await running.EndAsync(TimeSpan.FromSeconds(30)));
        var line = await LineAsync(one => Text(one, "level") == "FATAL");
        Assert.Equal("The shop burns.", Text(line.GetProperty("error"), "message"));
    }

    private static string? Text(JsonElement line, string key) => line.TryGetProperty(key, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;

    /// <summary>The one line at Loki.</summary>
    private async Task<JsonElement> LineAsync(Func<JsonElement, bool> isIt)
    {
        JsonElement[] Found() => [.. App.Loki.Lines.Select(line => JsonElement.Parse(line)).Where(isIt)];
        await Eventually.IsTrue(() => Found().Length > 0, () => $"the lines are\n{string.Join('\n', App.Loki.Lines)}\nand it said\n{App.Running.Output}");
        return Assert.Single(Found());
    }

    private async Task<ReceivedSpan> SpanAsync(Func<ReceivedSpan, bool> isIt)
    {
        await Eventually.IsTrue(() => App.Collector.Spans.Any(isIt), () => $"the spans are {string.Join(", ", App.Collector.Spans.Select(span => span.Name))}");
        return Assert.Single(App.Collector.Spans, span => isIt(span));
    }
}
