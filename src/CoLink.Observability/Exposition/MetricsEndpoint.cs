using System.Globalization;
using System.IO.Compression;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CoLink.Observability.Exposition;

/// <summary>Answers a scrape: who may, what was asked for, how many at once.</summary>
internal sealed class MetricsEndpoint
{
    /// <summary>What a refused scraper is asked to wait: less than the shortest usual scrape interval.</summary>
    private const int RetryAfterSeconds = 1;

    private readonly MetricRegistry _registry;
    private readonly ExpositionMetrics _metrics;
    private readonly ScrapeGuard _guard;
    private readonly int _maxScrapes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _scrapes;

    public MetricsEndpoint(
        MetricRegistry registry, ExpositionMetrics metrics, ScrapeGuard guard, IOptions<CoLinkObservabilityOptions> options, TimeProvider time, ILogger<MetricsEndpoint> logger)
    {
        _registry = registry;
        _metrics = metrics;
        _guard = guard;
        _maxScrapes = options.Value.Metrics.MaxConcurrentScrapes;
        _time = time;
        _logger = logger;
        Path = options.Value.Metrics.Path;
    }

    /// <summary>The path that answers, exactly.</summary>
    public PathString Path { get; }

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var started = _time.GetTimestamp();
        var (outcome, bytes) = await ScrapeAsync(context);
        if (outcome is not null)
            _metrics.Finished(outcome, _time.GetElapsedTime(started), bytes);
    }

    private async Task<(string? Outcome, long Bytes)> ScrapeAsync(HttpContext context)
    {
        var refused = await _guard.RefuseAsync(context);
        if (refused is not null)
            return (refused, 0);

        var openMetrics = ExpositionFormat.WantsOpenMetrics(context.Request);
        var gzip = ExpositionFormat.WantsGzip(context.Request);
        var headers = context.Response.Headers;
        headers.ContentType = openMetrics ? ExpositionFormat.OpenMetricsContentType : ExpositionFormat.TextContentType;
        headers.CacheControl = "no-store";
        headers.Vary = $"{HeaderNames.Accept}, {HeaderNames.AcceptEncoding}";
        if (gzip)
            headers.ContentEncoding = "gzip";
        if (HttpMethods.IsHead(context.Request.Method))
            return (null, 0);

        try
        {
            return Interlocked.Increment(ref _scrapes) > _maxScrapes
                ? await RefuseBusyAsync(context)
                : await WriteAsync(context, openMetrics, gzip);
        }
        finally
        {
            Interlocked.Decrement(ref _scrapes);
        }
    }

    private static async Task<(string Outcome, long Bytes)> RefuseBusyAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Remove(HeaderNames.ContentEncoding);
        headers.ContentType = ExpositionFormat.TextContentType;
        headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync("# Too many scrapes at once; see CoLink:Observability:Metrics:MaxConcurrentScrapes.\n", context.RequestAborted);
        return (ExpositionMetrics.Busy, 0);
    }

    private async Task<(string Outcome, long Bytes)> WriteAsync(HttpContext context, bool openMetrics, bool gzip)
    {
        var wire = gzip ? new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true) : context.Response.Body;
        var output = new CountingStream(wire);
        try
        {
            await _registry.WriteAsync(output, openMetrics, context.RequestAborted);
            if (gzip)
                await wire.DisposeAsync();
            return (ExpositionMetrics.Success, output.Count);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return (ExpositionMetrics.Aborted, 0);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Exposition, exception);
            Log.ScrapeFailed(_logger, exception);

            // Half an exposition must not be stored as a whole one: the connection ends without the end of the body.
            if (context.Response.HasStarted)
                context.Abort();
            else
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return (ExpositionMetrics.Failed, 0);
        }
    }
}
