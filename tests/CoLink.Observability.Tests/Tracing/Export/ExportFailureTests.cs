using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using CoLink.Observability.Tracing.Export;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Tracing.Export;

/// <summary>Each way to fail is named in the log and on the metrics, with the next export.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ExportFailureTests
{
    private const string Secret = "s3cr3t-t0ken";

    /// <summary>Protocol, the status of HTTP, that of gRPC, what goes with it, the reason, what the line says.</summary>
    public static TheoryData<bool, int, int, string, string, string> Refusals { get; } = new()
    {
        { false, 401, 0, "who are you", "unauthorized", "HTTP 401 (Unauthorized): who are you" },
        { false, 403, 0, "", "unauthorized", "HTTP 403 (Forbidden)." },
        { false, 407, 0, "", "unauthorized", "HTTP 407 (ProxyAuthenticationRequired)." },
        { false, 413, 0, "", "too_large", "HTTP 413 (RequestEntityTooLarge)." },
        { false, 400, 0, "http: request body too large", "too_large", "HTTP 400 (BadRequest): http: request body too large" },
        { false, 400, 0, "bad\nproto\u0007", "refused", "HTTP 400 (BadRequest): bad proto" },
        { false, 404, 0, "404 page not found", "refused", "HTTP 404 (NotFound): 404 page not found" },
        { false, 408, 0, "", "timeout", "HTTP 408 (RequestTimeout)." },
        { false, 429, 0, "slow down", "refused", "HTTP 429 (TooManyRequests): slow down" },
        { false, 500, 0, "", "refused", "HTTP 500 (InternalServerError)." },
        { false, 502, 0, "", "refused", "HTTP 502 (BadGateway)." },
        { false, 503, 0, "", "refused", "HTTP 503 (ServiceUnavailable)." },
        { false, 504, 0, "", "timeout", "HTTP 504 (GatewayTimeout)." },
        { false, 301, 0, "", "refused", "HTTP 301 (MovedPermanently)." },
        { true, 200, 16, "missing or malformed", "unauthorized", "gRPC 16 (UNAUTHENTICATED): missing or malformed" },
        { true, 200, 7, "", "unauthorized", "gRPC 7 (PERMISSION_DENIED)." },
        { true, 200, 4, "", "timeout", "gRPC 4 (DEADLINE_EXCEEDED)." },
        { true, 200, 8, "grpc: received message larger than max (9000000 vs. 4194304)", "too_large", "gRPC 8 (RESOURCE_EXHAUSTED): grpc: received message larger than max" },
        { true, 200, 8, "rate", "refused", "gRPC 8 (RESOURCE_EXHAUSTED): rate" },
        { true, 200, 14, "", "refused", "gRPC 14 (UNAVAILABLE)." },
        { true, 200, 12, "unknown service", "refused", "gRPC 12 (UNIMPLEMENTED): unknown service" },
        { true, 200, 99, "", "refused", "gRPC 99." },
        { true, 401, 0, "who are you", "unauthorized", "HTTP 401 (Unauthorized): who are you" },
        { true, 503, 0, "", "refused", "HTTP 503 (ServiceUnavailable)." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal(bool grpc, int http, int status, string message, string reason, string line)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Refuse(http, status, message);
        await FailsAsync(collector, grpc, reason, line);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task No_answer_in_time(bool grpc, bool middle)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = middle ? StubAnswer.StallInTheMiddle : StubAnswer.Stall;
        await FailsAsync(collector, grpc, "timeout", "No answer came in time.", timeout: "00:00:00.3");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Cut;
        await FailsAsync(collector, grpc, "unreachable", "");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_nobody_listens_on(bool grpc) =>
        await FailsAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"), grpc, "unreachable", "Connection refused (127.0.0.1:");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_that_does_not_exist(bool grpc) =>
        await FailsAsync(new Uri("http://collector.invalid:4317"), grpc, "unreachable", "(collector.invalid:4317)", timeout: "00:00:50");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TLS_to_a_port_that_speaks_none(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        await FailsAsync(new UriBuilder(grpc ? collector.Grpc : collector.Http) { Scheme = "https" }.Uri, grpc, "tls", "The SSL connection could not be established");
    }

    /// <summary>The usual confusion: 4317 and 4318.</summary>
    [Fact]
    public async Task The_port_of_the_other_protocol()
    {
        await using var collector = await StubCollector.StartAsync();
        await FailsAsync(collector.Http, grpc: true, "other", "");
        await FailsAsync(collector.Grpc, grpc: false, "refused", "HTTP 400 (BadRequest)");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Something_else_that_answers(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        var address = new UriBuilder(grpc ? collector.Grpc : collector.Http) { Path = "/elsewhere" }.Uri;
        await FailsAsync(address, grpc, "refused", "HTTP 404 (NotFound): 404 page not found");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Some_of_an_export(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        await using var app = await TracedApp.StartAsync(collector, grpc, new() { ["OTEL_BSP_SCHEDULE_DELAY"] = "60000" });
        collector.Answer = StubAnswer.Partly(3, "too many\nattributes");

        await app.HelloAsync(10);
        app.Flush();

        // The last that is counted.
        await app.ScrapeUntilAsync(s => s.Spans("failed") >= 3);
        var scrape = await app.ScrapeAsync();
        var line = await app.Logs.SingleAsync(182);
        Assert.Equal(3, scrape.Spans("failed"));
        Assert.Equal(collector.Spans.Count - 3, scrape.Spans("exported"));
        Assert.Equal(1, scrape.Failed("refused"));
        Assert.NotNull(scrape.Value("colink_telemetry_last_success_timestamp_seconds", ("signal", "traces")));
        Assert.Contains("refused 3 of its spans: too many attributes", line.Message, StringComparison.Ordinal);
        Assert.Empty(app.Logs.Of(180));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_of_an_export_which_the_collector_calls_partly(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Partly(1_000_000, "none of them");
        await FailsAsync(collector, grpc, "refused", "The collector took none of the spans: none of them");
    }

    [Theory]
    [InlineData("")]
    [InlineData("this endpoint is old")]
    public async Task A_full_success_is_no_failure_and_neither_is_one_with_a_warning(string warning)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = warning.Length > 0 ? StubAnswer.Partly(0, warning) : StubAnswer.Take;
        await using var app = await TracedApp.StartAsync(collector, settings: new() { ["CoLink:Observability:Tracing:Otlp:Headers"] = $"x-token={Secret}" });

        await app.HelloAsync();

        var scrape = await app.ScrapeUntilAsync(s => s.Spans("exported") > 0);
        Assert.Equal(0, scrape.Spans("failed"));
        Assert.Equal(0, scrape.Sum(TracedApp.Failures));
    }

    /// <summary>What answers may show what it was sent.</summary>
    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(true, "Bearer ")]
    [InlineData(false, "Bearer ")]
    public async Task A_header_is_never_told(bool grpc, string scheme)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Refuse(grpc ? 200 : 401, grpc ? 16 : 0, $"'{Secret}' is no token");

        Assert.Contains("'[redacted]' is no token", await ToldAsync(collector, grpc, scheme, 180), StringComparison.Ordinal);
        Assert.Equal(scheme + Secret, collector.Exports.First().Headers["x-token"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_header_is_not_told_in_part_where_an_answer_is_cut(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Refuse(grpc ? 200 : 401, grpc ? 16 : 0, new string('x', ExportProblems.MostText - (Secret.Length / 2)) + Secret);

        await ToldAsync(collector, grpc, "", 180);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_header_is_not_told_beside_a_yes(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        collector.Answer = StubAnswer.Partly(1, $"'{Secret}' is no tenant");

        Assert.Contains("refused 1 of its spans: '[redacted]' is no tenant", await ToldAsync(collector, grpc, "", 182), StringComparison.Ordinal);
    }

    /// <summary>A port that takes connections and never says a word.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_takes_connections_and_never_says_a_word(bool grpc)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await FailsAsync(new Uri($"http://{silent.LocalEndpoint}"), grpc, "timeout", "No answer came in time.", "00:00:00.3");
    }

    /// <summary>The line of an event, in which nothing of the secret may be, nor in any other.</summary>
    private static async Task<string> ToldAsync(StubCollector collector, bool grpc, string scheme, int id)
    {
        await using var app = await TracedApp.StartAsync(collector, grpc, new()
        {
            ["CoLink:Observability:Tracing:Otlp:Headers"] = $"x-token={scheme}{Secret}",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "60000",
        });
        await app.HelloAsync(10);
        app.Flush();
        var told = (await app.Logs.SingleAsync(id)).Message;
        Assert.DoesNotContain(app.Logs.Lines, line => (line.Message + line.Exception).Contains(Secret[..4], StringComparison.Ordinal));
        return told;
    }

    private static Task FailsAsync(StubCollector collector, bool grpc, string reason, string line, string timeout = "00:00:10") =>
        FailsAsync(grpc ? collector.Grpc : collector.Http, grpc, reason, line, timeout);

    private static async Task FailsAsync(Uri address, bool grpc, string reason, string words, string timeout = "00:00:10")
    {
        await using var app = await TracedApp.StartAsync(settings: new()
        {
            ["CoLink:Observability:Tracing:Otlp:Endpoint"] = address.ToString().TrimEnd('/'),
            ["CoLink:Observability:Tracing:Otlp:Protocol"] = grpc ? "Grpc" : "HttpProtobuf",
            ["CoLink:Observability:Tracing:Otlp:Timeout"] = timeout,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        });

        await app.HelloAsync();

        var line = await app.Logs.SingleAsync(180);
        var scrape = await app.ScrapeUntilAsync(s => s.Failed(reason) >= 1 && s.Spans("failed") >= 1);
        Assert.Equal(scrape.Failed(reason), scrape.Sum(TracedApp.Failures));
        Assert.Equal(0, scrape.Spans("exported"));
        Assert.True(scrape.Value("colink_telemetry_export_consecutive_failures", ("signal", "traces")) >= 1);
        Assert.Null(scrape.Value("colink_telemetry_last_success_timestamp_seconds", ("signal", "traces")));
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains($"Spans are not exported to {address.ToString().TrimEnd('/')}", line.Message, StringComparison.Ordinal);
        Assert.Contains(grpc ? "(Grpc)" : "(HttpProtobuf)", line.Message, StringComparison.Ordinal);
        Assert.Contains(words, line.Message, StringComparison.Ordinal);
    }
}
