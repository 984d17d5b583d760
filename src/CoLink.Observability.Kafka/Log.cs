using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Kafka;

/// <summary>Event ids 320 to 339.</summary>
internal static partial class Log
{
    [LoggerMessage(320, LogLevel.Warning, "The consumer of the Kafka group {Group} sets statistics.interval.ms to 0: its lag and its rebalances are absent from the metrics. Set StatisticsIntervalMs to a positive number, or leave it out for 15 s.")]
    public static partial void NoStatistics(ILogger logger, string group);

    [LoggerMessage(321, LogLevel.Warning, "Kafka client {Client}: {Reason}")]
    public static partial void ClientError(ILogger logger, string client, string reason);
}
