using CoLink.Observability.Catalogue;
using CoLink.Observability.Tracing.Export;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tracing;

/// <summary>Event ids 180 to 199.</summary>
internal static partial class Log
{
    [LoggerMessage(180, LogLevel.Error, "Spans are not exported to {Endpoint}, and are lost until it works again; " + SelfCatalogue.ExportFailuresName + " counts on. {Reason}: {Cause}")]
    public static partial void ExportFailed(ILogger logger, string endpoint, ExportFailure reason, string cause);

    [LoggerMessage(181, LogLevel.Information, "Spans are exported to {Endpoint} again, after {Failures} exports that failed.")]
    public static partial void ExportRecovered(ILogger logger, string endpoint, long failures);

    [LoggerMessage(182, LogLevel.Warning, "The collector at {Endpoint} took an export and refused {Spans} of its spans: {Answer}")]
    public static partial void SpansRefused(ILogger logger, string endpoint, long spans, string answer);

    [LoggerMessage(183, LogLevel.Warning, "Spans end faster than they are exported: beyond the {Limit} that are held they are dropped, and counted in " + SelfCatalogue.SpansName + ". OTEL_BSP_MAX_QUEUE_SIZE raises the limit.")]
    public static partial void QueueFull(ILogger logger, int limit);

    [LoggerMessage(184, LogLevel.Warning, "The process ends with {Spans} spans that were not exported to {Endpoint} in time. CoLink:Observability:Tracing:Otlp:ShutdownTimeout is {Timeout}.")]
    public static partial void SpansGivenUp(ILogger logger, long spans, string endpoint, TimeSpan timeout);

    [LoggerMessage(185, LogLevel.Warning, "The app exports its traces by OTLP itself, and CoLink:Observability:Tracing:Otlp:Endpoint adds an export to {Endpoint}: where both go to one collector, each span arrives twice. Take one of them away.")]
    public static partial void ExportedTwice(ILogger logger, string endpoint);

    [LoggerMessage(186, LogLevel.Warning, "Whether the app exports its traces by OTLP itself could not be seen, in this version of OpenTelemetry or in native code; taken from the options that were made: {IsExported}.")]
    public static partial void ExportersUnseen(ILogger logger, bool isExported);

    [LoggerMessage(187, LogLevel.Warning, "The collector at {Endpoint} took an export without {Spans} of its spans, which are too large for it and are lost: {Answer}. Raise what it takes in a message (max_recv_msg_size_mib of its gRPC receiver, max_request_body_size of its HTTP one), or find what is on the spans.")]
    public static partial void SpansTooLarge(ILogger logger, string endpoint, long spans, string answer);
}
