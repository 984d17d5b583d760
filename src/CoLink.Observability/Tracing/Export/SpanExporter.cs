using System.Diagnostics;
using CoLink.Observability.Tracing.Otlp;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// OpenTelemetry's exporter with its outcomes counted. It is derived, not held by another: the resource comes to an exporter through a
/// property that only OpenTelemetry may set.
/// </summary>
internal sealed class SpanExporter : OtlpTraceExporter
{
    private readonly ExportProbe _probe;
    private readonly HttpClient _client;
    private readonly SpanLedger _ledger;
    private readonly ExportMonitor _monitor;

    private SpanExporter(OtlpExporterOptions options, ExportProbe probe, HttpClient client, SpanLedger ledger, ExportMonitor monitor)
        : base(options) => (_probe, _client, _ledger, _monitor) = (probe, client, ledger, monitor);

    public static SpanExporter Create(OtlpTarget target, SpanLedger ledger, ExportMonitor monitor)
    {
        var probe = new ExportProbe(target, OtlpConnection.Open(target));
        var client = OtlpConnection.Client(target, probe);
        var options = new OtlpExporterOptions
        {
            Endpoint = target.Address,
            Protocol = target.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Compression = target.Compression == OtlpCompression.Gzip ? OtlpExportCompression.GZip : OtlpExportCompression.None,
            TimeoutMilliseconds = (int)target.Timeout.TotalMilliseconds,
            UserAgentProductIdentifier = OtlpConnection.Product,
            HttpClientFactory = () => client,

            // Else those of the variables would be sent as well.
            Headers = null,
        };
        return new SpanExporter(options, probe, client, ledger, monitor);
    }

    /// <summary>On the queue's own thread, where an exception would end the process.</summary>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var spans = activityBatch.Count;
        if (!_ledger.TryBegin(spans))
            return ExportResult.Failure;
        _probe.Forget();
        ExportProblem? problem = null;
        try
        {
            if (base.Export(activityBatch) != ExportResult.Success)
                problem = _probe.Problem ?? new ExportProblem(ExportFailure.Other, _probe.HasSent ? "The answer could not be read." : "The spans could not be written, or are over 64 MiB.");
        }
        catch (Exception exception)
        {
            problem = new ExportProblem(ExportFailure.Other, ExportProblems.Clean(exception.Message));
        }

        return Settle(spans, problem) ? ExportResult.Success : ExportResult.Failure;
    }

    private bool Settle(long spans, ExportProblem? problem)
    {
        var partial = problem is null ? _probe.Partial : default;
        var rejected = Math.Clamp(partial.Rejected, 0, spans);
        if (problem is null && rejected == spans && spans > 0)
            problem = new ExportProblem(ExportFailure.Refused, $"The collector took none of the spans: {ExportProblems.Clean(partial.Message)}");

        var failed = problem is null ? rejected : spans;
        _ledger.Settle(spans - failed, failed);
        if (problem is { } told)
            _monitor.Failed(told);
        else
            _monitor.Succeeded(rejected, partial.Message);
        return problem is null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _client.Dispose();
        base.Dispose(disposing);
    }
}
