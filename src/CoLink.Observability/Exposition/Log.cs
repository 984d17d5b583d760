using System.Net;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Exposition;

/// <summary>Event ids 120 to 139.</summary>
internal static partial class Log
{
    [LoggerMessage(120, LogLevel.Warning, "Metrics were scraped from the public address {Peer} without a guard. Set CoLink:Observability:Metrics:AllowedNetworks, BearerToken, BasicUser or Policy, or keep the path off the public route.")]
    public static partial void ScrapedFromPublicAddress(ILogger logger, IPAddress peer);

    [LoggerMessage(121, LogLevel.Error, "A scrape failed. It was answered with 500 or, once begun, with the end of the connection, so that half an exposition is not stored.")]
    public static partial void ScrapeFailed(ILogger logger, Exception exception);

    [LoggerMessage(122, LogLevel.Error, "CoLink:Observability:Metrics:Port is {Port} (in a worker 9464 unless set), but it cannot be listened on ({Reason}): nothing serves the metrics. The service goes on and the port is tried again every {Retry}. Free it, or set another.")]
    public static partial void ListenerFailed(ILogger logger, int port, string reason, TimeSpan retry);

    [LoggerMessage(123, LogLevel.Information, "Metrics are served on port {Port} now.")]
    public static partial void ListenerRecovered(ILogger logger, int port);
}
