using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Loki;

/// <summary>Event ids 165 to 172. What they say goes to Loki as well, once it takes it.</summary>
internal static partial class Log
{
    [LoggerMessage(165, LogLevel.Warning, "Loki at {Address} takes no log events ({Reason}). They are kept and sent again until it does.")]
    public static partial void Unreachable(ILogger logger, string address, string reason);

    [LoggerMessage(166, LogLevel.Error, "Loki at {Address} takes no log events ({Reason}) and will not by itself: {Advice}. They are kept and sent again until it does.")]
    public static partial void Misconfigured(ILogger logger, string address, string reason, string advice);

    [LoggerMessage(167, LogLevel.Information, "Loki at {Address} takes log events again, after {Outage}.")]
    public static partial void TakesAgain(ILogger logger, string address, TimeSpan outage);

    [LoggerMessage(168, LogLevel.Warning, "Loki at {Address} refused log events, or would refuse them, for good: {Events} for a start ({Reason}; {Text}). From here on {Metric} counts them.")]
    public static partial void Refused(ILogger logger, string address, int events, string reason, string text, string metric);

    [LoggerMessage(169, LogLevel.Warning, "The queue of log events for Loki at {Address} is full: further ones are dropped, and counted as dropped_queue, until there is room. CoLink:Observability:Logging:Loki:QueueLimit is {Limit}.")]
    public static partial void QueueFull(ILogger logger, string address, int limit);

    [LoggerMessage(170, LogLevel.Information, "The queue of log events for Loki at {Address} has room again. {Dropped} were dropped.")]
    public static partial void QueueHasRoom(ILogger logger, string address, long dropped);

    [LoggerMessage(171, LogLevel.Warning, "{Events} log events could not be delivered to Loki at {Address} before the process ended, and are lost. CoLink:Observability:Logging:Loki:ShutdownTimeout is {Timeout}.")]
    public static partial void LostAtTheEnd(ILogger logger, string address, long events, TimeSpan timeout);

    [LoggerMessage(172, LogLevel.Warning, "Loki at {Address}, or what is in front of it, takes no push of one log event because of its size ({Text}). The event is dropped and counted as oversized, and so are further ones.")]
    public static partial void Oversized(ILogger logger, string address, string text);
}
