using System.Diagnostics;
using OpenTelemetry;

namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// How many spans are held, and how many go out together: twice OpenTelemetry's own, where neither a variable nor the app has another
/// number. An export wakes several threads, whose CPU is a large part of what a span costs; one that is too large for the collector
/// is sent in halves (<see cref="SpanExporter"/>).
/// </summary>
/// <param name="Queue">A span takes about 1 kB.</param>
/// <param name="Batch">At most.</param>
internal readonly record struct QueueSizes(int Queue, int Batch)
{
    private const int TheirQueue = 2048;
    private const int TheirBatch = 512;

    public static QueueSizes Of(BatchExportProcessorOptions<Activity> batches, Variables variables) => new(
        Size(batches.MaxQueueSize, TheirQueue, variables.Find("OTEL_BSP_MAX_QUEUE_SIZE")),
        Size(batches.MaxExportBatchSize, TheirBatch, variables.Find("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")));

    private static int Size(int given, int theirs, Variables.Variable? variable) => given == theirs && variable is null ? theirs * 2 : given;
}
