using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging;

/// <summary>Event ids 161 to 164.</summary>
internal static partial class Log
{
    [LoggerMessage(161, LogLevel.Critical, "The process ends by an exception that nobody caught.")]
    public static partial void ProcessEnds(ILogger logger, Exception? exception);
}
