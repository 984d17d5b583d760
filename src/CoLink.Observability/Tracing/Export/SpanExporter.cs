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
    /// <summary>So many parts of one export may be lost, such as spans that are too large each by itself; whoever takes none of more takes nothing, and is not asked about each.</summary>
    private const int MostLost = 8;

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
        if (!_ledger.TryBegin(activityBatch.Count))
            return ExportResult.Failure;

        // A batch can be read once only, and may have to be sent again in parts.
        var spans = new Activity[activityBatch.Count];
        var count = 0;
        foreach (var span in activityBatch)
            spans[count++] = span;
        var outcome = new ExportOutcome();
        Send(spans, outcome);
        _monitor.Ended(outcome);
        _ledger.Settle(outcome.Exported, outcome.Failed);
        return outcome.Exported > 0 ? ExportResult.Success : ExportResult.Failure;
    }

    /// <summary>
    /// What is too large for the collector, which takes 4 MiB by default, is sent in halves: the spans of an error
    /// storm, each with its exception, are many times as large as others, and are those that somebody will ask for.
    /// </summary>
    private void Send(Activity[] spans, ExportOutcome outcome)
    {
        if (Post(spans) is not { } problem)
        {
            outcome.Answered(spans.Length, _probe.Partial);
        }
        else if (problem.Reason == ExportFailure.TooLarge && spans.Length > 1 && !_ledger.IsClosed && outcome.Problems.Count < MostLost)
        {
            Send(spans[..(spans.Length / 2)], outcome);
            Send(spans[(spans.Length / 2)..], outcome);
        }
        else
        {
            outcome.Lost(spans.Length, problem);
        }
    }

    private ExportProblem? Post(Activity[] spans)
    {
        _probe.Forget();
        try
        {
            return base.Export(new Batch<Activity>(spans, spans.Length)) == ExportResult.Success
                ? null
                : _probe.Problem ?? new ExportProblem(ExportFailure.Other, _probe.HasSent ? "The answer could not be read." : "The spans could not be written, or are over 64 MiB.");
        }
        catch (Exception exception)
        {
            return new ExportProblem(ExportFailure.Other, ExportProblems.Clean(exception.Message));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _client.Dispose();
        base.Dispose(disposing);
    }
}
