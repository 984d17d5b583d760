using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>Event ids 173 to 179.</summary>
internal static partial class Log
{
    [LoggerMessage(173, LogLevel.Error, "The log spool {Directory} cannot be used ({Reason}). What cannot be delivered to Loki waits in memory alone, as far as it fits, and is lost with the process. Set CoLink:Observability:Logging:Loki:SpoolDirectory to a directory that this process alone writes to.")]
    public static partial void Unusable(ILogger logger, string directory, string reason);

    [LoggerMessage(174, LogLevel.Error, "The log spool {Directory} fails ({Reason}). While it does, what cannot be delivered to Loki waits in memory alone, and what was delivered from the spool may be sent again by the next process.")]
    public static partial void Failed(ILogger logger, string directory, string reason);

    [LoggerMessage(175, LogLevel.Information, "The log spool {Directory} works again.")]
    public static partial void WorksAgain(ILogger logger, string directory);

    [LoggerMessage(176, LogLevel.Warning, "The log spool {Directory} is full: its oldest events are dropped to make room, {Events} for a start, and counted as dropped_spool. CoLink:Observability:Logging:Loki:SpoolMaxBytes is {MaxBytes}.")]
    public static partial void Full(ILogger logger, string directory, long events, long maxBytes);

    [LoggerMessage(177, LogLevel.Warning, "Part of the log spool {Directory} can no longer be read ({Reason}) and is passed over. The events of a damaged payload are counted as dropped_spool; how many stood behind a damaged header nobody knows.")]
    public static partial void Damaged(ILogger logger, string directory, string reason);

    [LoggerMessage(178, LogLevel.Warning, "In the log spool {Directory} these files are left alone: {Files}. They do not count for its size; delete them if nobody needs them.")]
    public static partial void LeftAlone(ILogger logger, string directory, string files);

    [LoggerMessage(179, LogLevel.Information, "The log spool {Directory} holds {Events} events of a process that is gone; they are delivered from here.")]
    public static partial void Adopted(ILogger logger, string directory, long events);
}
