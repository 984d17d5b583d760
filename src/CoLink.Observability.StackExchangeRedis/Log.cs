using Microsoft.Extensions.Logging;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>Event ids 300 to 319. The client's own messages are never passed on: they quote endpoints as they were configured, at times with a password.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Warning, "Redis server {Server} does not answer: {Reason}. It is asked again in the background, every five minutes at last.")]
    public static partial void DoesNotAnswer(ILogger logger, string server, string reason);

    [LoggerMessage(301, LogLevel.Information, "Redis server {Server} answers again.")]
    public static partial void AnswersAgain(ILogger logger, string server);

    [LoggerMessage(302, LogLevel.Warning, "Redis server {Server} does not let this service ask how much memory it uses ({Reason}), so that metric is absent. Any one of these permissions is enough: INFO with allowAdmin=true, EVAL and INFO, MEMORY STATS.")]
    public static partial void MemoryRefused(ILogger logger, string server, string reason);

    [LoggerMessage(303, LogLevel.Warning, "The app's {Service} could not be created ({Reason}), so its Redis server is not known and has no metrics. It is tried again. With abortConnect=false a multiplexer exists while its server is away, and is watched.")]
    public static partial void MultiplexerNotCreated(ILogger logger, string service, string reason);

    [LoggerMessage(304, LogLevel.Warning, "AddCoLinkRedis has found no IConnectionMultiplexer registered as a singleton, and no RedisCacheOptions in the app: no Redis server is watched until there is one.")]
    public static partial void NothingToWatch(ILogger logger);

    [LoggerMessage(305, LogLevel.Warning, "Raw Redis reads are not counted, though CoLink:Observability:Redis:CountReads says so: {Reason}.")]
    public static partial void ReadsNotCounted(ILogger logger, string reason);

    [LoggerMessage(306, LogLevel.Information, "Reads of raw Redis databases are counted as hits and misses. Each costs more than without; docs/benchmarks.md says how much.")]
    public static partial void ReadsCounted(ILogger logger);

    [LoggerMessage(307, LogLevel.Warning, "Redis commands have no spans: this version of StackExchange.Redis does not let it be seen whether the app has a profiler of its own, which would be replaced.")]
    public static partial void NoSpans(ILogger logger);
}
