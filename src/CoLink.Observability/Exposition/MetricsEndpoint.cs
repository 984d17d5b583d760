using System.Globalization;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CoLink.Observability.Exposition;

/// <summary>Answers a scrape: who may, what was asked for, how many at once.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    /// <summary>What a refused scraper is asked to wait: less than the shortest usual scrape interval.</summary>
    private const int RetryAfterSeconds = 1;

    /// <summary>Longer than a scrape's usual time-out of ten seconds: a reader that dawdles must not keep its place from the others for good.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly MetricRegistry _registry;
    private readonly ExpositionMetrics _metrics;
    private readonly ScrapeGuard _guard;
    private readonly SemaphoreSlim _places;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public MetricsEndpoint(
        MetricRegistry registry, ExpositionMetrics metrics, ScrapeGuard guard, IOptions<CoLinkObservabilityOptions> options, TimeProvider time, ILogger<MetricsEndpoint> logger)
    {
        _registry = registry;
        _metrics = metrics;
        _guard = guard;
        _places = new SemaphoreSlim(options.Value.Metrics.MaxConcurrentScrapes);
        _time = time;
        _logger = logger;
        Path = options.Value.Metrics.Path;
    }

    /// <summary>The path that answers, exactly.</summary>
    public PathString Path { get; }

    public bool ChecksPeers => _guard.ChecksPeers;

    /// <summary>To be called before the app's middleware where the app maps the endpoint and peers are checked.</summary>
    public static void KeepPeer(HttpContext context) => ScrapeGuard.KeepPeer(context);

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var started = _time.GetTimestamp();
        var (outcome, bytes) = await AnswerAsync(context);
        if (outcome is not null)
            _metrics.Finished(outcome, _time.GetElapsedTime(started), bytes);
    }

    public void Dispose() => _places.Dispose();

    private async Task<(string? Outcome, long Bytes)> AnswerAsync(HttpContext context)
    {
        try
        {
            context.Response.Headers.CacheControl = "no-store";
            return await _guard.RefuseAsync(context) is { } refused ? (refused, 0) : await ScrapeAsync(context);
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
            {
                context.Abort();
            }
            else
            {
                context.Response.Clear();
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }

            return (ExpositionMetrics.Failed, 0);
        }
    }

    private async Task<(string? Outcome, long Bytes)> ScrapeAsync(HttpContext context)
    {
        var openMetrics = ExpositionFormat.WantsOpenMetrics(context.Request);
        var gzip = ExpositionFormat.WantsGzip(context.Request);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            Describe(context.Response.Headers, openMetrics, gzip);
            return (null, 0);
        }

        if (!_places.Wait(0))
            return await RefuseBusyAsync(context);
        try
        {
            Describe(context.Response.Headers, openMetrics, gzip);
            return await WriteAsync(context, openMetrics, gzip);
        }
        finally
        {
            _places.Release();
        }
    }

    private static void Describe(IHeaderDictionary headers, bool openMetrics, bool gzip)
    {
        headers.ContentType = openMetrics ? ExpositionFormat.OpenMetricsContentType : ExpositionFormat.TextContentType;
        headers.Vary = $"{HeaderNames.Accept}, {HeaderNames.AcceptEncoding}";
        if (gzip)
            headers.ContentEncoding = "gzip";
    }

    private static async Task<(string Outcome, long Bytes)> RefuseBusyAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = ExpositionFormat.TextContentType;
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsync("# Too many scrapes at once; see CoLink:Observability:Metrics:MaxConcurrentScrapes.\n", context.RequestAborted);
        return (ExpositionMetrics.Busy, 0);
    }

    private async Task<(string Outcome, long Bytes)> WriteAsync(HttpContext context, bool openMetrics, bool gzip)
    {
        using var patience = new CancellationTokenSource(Longest, _time);
        await using var lost = patience.Token.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        await using var body = new ScrapeBody(context.Response.Body, gzip);
        await _registry.WriteAsync(body.Output, openMetrics, context.RequestAborted);
        await body.CompleteAsync();

        // A server drops what is written to a connection that is gone, without a word, and says so a moment later: its own flush knows it at once.
        var flushed = await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
        return flushed.IsCompleted || patience.IsCancellationRequested || context.RequestAborted.IsCancellationRequested ? (ExpositionMetrics.Aborted, 0) : (ExpositionMetrics.Success, body.Length);
    }
}
