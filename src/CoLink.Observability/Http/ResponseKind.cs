using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>Reads off a response what its request was, where the endpoint does not say it.</summary>
internal static class ResponseKind
{
    private const string ServerSentEvents = "text/event-stream";
    private const string Grpc = "application/grpc";

    /// <summary>A response that lasts as long as its reader wants.</summary>
    public static bool IsStream(HttpResponse response, HttpRoute route)
    {
        if (route.IsStream)
            return true;
        string? type = response.Headers.ContentType;
        return type is not null
            && (IsOfEvents(type)
                || (!route.IsUnaryCall && type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)));
    }

    public static bool IsOfEvents(string contentType) => contentType.StartsWith(ServerSentEvents, StringComparison.OrdinalIgnoreCase);

    /// <summary>The static file middleware chooses no endpoint, but nothing else sends these three together, or refuses a range.</summary>
    public static bool IsStaticFile(HttpResponse response)
    {
        var headers = response.Headers;
        return (headers.AcceptRanges == "bytes" && headers.ETag.Count == 1 && headers.LastModified.Count == 1)
            || response.StatusCode == StatusCodes.Status416RangeNotSatisfiable;
    }
}
