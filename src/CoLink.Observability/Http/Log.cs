using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Http;

/// <summary>Event id 160.</summary>
internal static partial class Log
{
    [LoggerMessage(160, LogLevel.Warning, "{Routes} routes lack an error counter at 0, so that the first error of each is invisible to rate: half the cap of {Metric}, {Limit} series, is kept for what really happens. Raise CoLink:Observability:Metrics:SeriesLimits:{Metric}.")]
    public static partial void RoutesWithoutCounters(ILogger logger, int routes, string metric, int limit);
}
