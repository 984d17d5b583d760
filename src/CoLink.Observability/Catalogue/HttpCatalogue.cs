namespace CoLink.Observability.Catalogue;

internal static class HttpCatalogue
{
    /// <summary>What is not one of these is <see cref="OtherMethod"/>, as ASP.NET Core's own metrics have it: a client must not be able to make series.</summary>
    public static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", OtherMethod];

    public const string OtherMethod = "_OTHER";

    /// <summary>The endpoint of a request that no route took.</summary>
    public const string Unmatched = "unmatched";

    /// <summary>The endpoint of every static file: a series a file would say nothing more.</summary>
    public const string StaticFile = "static";

    private const string FilledBy = "every finished request";

    private static readonly MetricLabel Method = MetricLabel.OneOf("method", Methods);

    public static readonly MetricDefinition Requests = new(
        "http_requests_total", MetricKind.Counter,
        "HTTP requests answered, by method, route template and status. An escaped exception counts as 500, a client that went away as 499.",
        Method, "endpoint", "status")
    { Exemplars = true, FilledBy = FilledBy };

    public static readonly MetricDefinition Duration = new(
        "http_request_duration_seconds", MetricKind.Histogram,
        "Time from the first middleware to its return, of requests that were neither upgraded nor streams.",
        Method, "endpoint")
    { Buckets = Buckets.RequestSeconds, Exemplars = true, FilledBy = "finished requests that were neither upgraded nor streams" };

    public static readonly MetricDefinition InProgress = new(
        "http_requests_in_progress", MetricKind.Gauge,
        "HTTP requests being answered now, but those that may last as their client likes: upgraded ones, streams, and endpoints that are not measured.",
        Method)
    { FilledBy = "every request, until it ends, is upgraded, or has chosen an endpoint that streams or is not measured. An endpoint streams that says so: a hub, a gRPC stream, `TypedResults.ServerSentEvents`, `Produces` with `text/event-stream`" };

    public static readonly MetricDefinition[] All = [Requests, Duration, InProgress];
}
