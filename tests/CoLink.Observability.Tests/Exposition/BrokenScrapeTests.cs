using System.IO.Pipelines;
using System.Net;
using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Exposition;

/// <summary>A mapped scrape writes through what the app's middleware puts in the way, which may fail at any byte.</summary>
public sealed class BrokenScrapeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("Accept-Encoding: gzip")]
    public async Task Half_an_exposition_never_looks_whole(string? header)
    {
        await using var app = await StartAsync(failsAfter: 20_000);

        using var scrape = await RawScrape.SendAsync(app.Address, header is null ? [] : [header]);
        var answer = await ReadAllAsync(scrape);

        // The reset may overtake what was sent before it.
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), answer);
        Assert.False(answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal));
        await AssertFailedAsync(app);
    }

    [Fact]
    public async Task A_scraper_sees_an_error_where_the_exposition_broke_off()
    {
        await using var app = await StartAsync(failsAfter: 20_000);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.Client.GetStringAsync("/metrics", Cancellation));

        Assert.Equal("app", await app.Client.GetStringAsync("/", Cancellation));
    }

    [Fact]
    public async Task A_failure_before_the_first_byte_is_a_plain_500()
    {
        await using var app = await StartAsync(failsAfter: 0);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Accept-Encoding", "gzip" }, { "Accept", "application/openmetrics-text" } } };
        using var response = await app.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Null(response.Content.Headers.ContentType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
        await AssertFailedAsync(app);
    }

    /// <summary>As Kestrel, which takes what is written to such a connection without a word, and has not yet cancelled the request.</summary>
    [Theory]
    [InlineData(true, "aborted")]
    [InlineData(false, "success")]
    public async Task A_scrape_whose_connection_is_gone_is_no_success_though_the_server_has_not_said_so_yet(bool isGone, string outcome)
    {
        await using var app = await RunningApp.StartAsync();
        var context = new DefaultHttpContext { RequestServices = app.Services };
        context.Request.Method = "GET";
        context.Features.Set<IHttpResponseBodyFeature>(new GoneBody(isGone));

        await app.Services.GetRequiredService<MetricsEndpoint>().HandleAsync(context);

        Assert.Equal(1, (await Scrape.OfAsync(app.Client)).Value("colink_telemetry_scrapes_total", ("outcome", outcome)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_dropped_half_way_has_no_end_of_compression(bool isWhole)
    {
        var wire = new MemoryStream();
        await using (var body = new ScrapeBody(wire, gzip: true))
        {
            await body.Output.WriteAsync(new byte[100_000], Cancellation);
            await body.Output.FlushAsync(Cancellation);
            if (isWhole)
                await body.CompleteAsync();
        }

        // Gzip ends with the length of what it holds; a strict reader takes nothing without it.
        Assert.Equal(isWhole, BitConverter.ToInt32(wire.ToArray().AsSpan()[^4..]) == 100_000);
    }

    private static Task<RunningApp> StartAsync(int failsAfter) => RunningApp.StartAsync(a =>
    {
        a.UseWhen(context => context.Request.Path == "/metrics", branch => branch.Use(async (context, next) =>
        {
            context.Response.Body = new BreakingStream(context.Response.Body, failsAfter);
            await next(context);
        }));
        a.MapGet("/", () => "app");
        a.MapCoLinkMetrics();
        var gauge = a.Services.GetRequiredService<MetricRegistry>().Gauge("messaging_rooms", "Rooms.", "name");
        var random = new Random(1);
        var value = new byte[150];
        for (var i = 0; i < 900; i++)
        {
            random.NextBytes(value);
            gauge.With(Convert.ToBase64String(value)).Set(i);
        }
    });

    /// <summary>What came before the connection ended, in whatever way it did.</summary>
    private static async Task<string> ReadAllAsync(RawScrape scrape)
    {
        var answer = "";
        try
        {
            while (await scrape.ReadSomeAsync(Cancellation) is { Length: > 0 } some)
                answer += some;
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Reset: the hardest of ends.
        }

        return answer;
    }

    private static async Task AssertFailedAsync(RunningApp app)
    {
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        await Eventually.IsTrue(() => registry.Find("colink_telemetry_scrapes_total")!.Read([ExpositionMetrics.Failed]) == 1);
        Assert.Equal(1, registry.Find("colink_telemetry_observer_errors_total")!.Read(["exposition"]));
        Assert.Equal("the body broke", Assert.Single(app.Logs.Of(121)).Exception!.Message);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Error && line.Category.StartsWith("Microsoft.", StringComparison.Ordinal));
    }

    private sealed class BreakingStream(Stream inner, int failsAfter) : Stream
    {
        private int _written;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_written >= failsAfter)
                throw new InvalidOperationException("the body broke");
            _written += buffer.Length;
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class GoneBody(bool isGone) : StreamResponseBodyFeature(Stream.Null), IHttpResponseBodyFeature
    {
        PipeWriter IHttpResponseBodyFeature.Writer { get; } = new GoneWriter(isGone);
    }

    private sealed class GoneWriter(bool isGone) : PipeWriter
    {
        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(isCanceled: false, isCompleted: isGone));

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 1)];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
