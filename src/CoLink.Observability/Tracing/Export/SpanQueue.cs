using System.Diagnostics;
using CoLink.Observability.Tracing.Otlp;
using OpenTelemetry;

namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// OpenTelemetry's batch processor, which tells of the spans that it drops only as the process ends: so that it never has to, those
/// beyond the limit are turned away before, and counted. Its own queue has room for all that is let in.
/// </summary>
internal sealed class SpanQueue(SpanExporter exporter, SpanLedger ledger, ExportMonitor monitor, int delayMilliseconds, int batch) : BatchActivityExportProcessor(
    exporter, ledger.Limit, delayMilliseconds, maxExportBatchSize: Math.Min(batch, ledger.Limit))
{
    /// <summary>How long the end of the process may wait for what is held.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = OtlpOptions.DefaultShutdownTimeout;

    public override void OnEnd(Activity data)
    {
        if (!data.Recorded)
            return;
        if (ledger.TryHold())
            base.OnEnd(data);
        else
            monitor.QueueIsFull(ledger.Limit);
    }

    /// <summary>OpenTelemetry gives it five seconds at most, or the app less. What is not exported by then never will be.</summary>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        var bound = (int)ShutdownTimeout.TotalMilliseconds;
        var isDone = base.OnShutdown(timeoutMilliseconds == Timeout.Infinite ? bound : Math.Min(timeoutMilliseconds, bound));
        if (ledger.Close() is > 0 and var spans)
            monitor.GaveUp(spans, ShutdownTimeout);
        return isDone;
    }
}
