using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Business;

/// <summary>Event ids 260 to 279.</summary>
internal static partial class Log
{
    [LoggerMessage(260, LogLevel.Warning, "An operation was started under the name {Name}: {Rule}. Such operations are recorded as _other. What tells one from another belongs into Operation.Set, not into the name.")]
    public static partial void OperationNameRefused(ILogger logger, string name, string rule);
}
