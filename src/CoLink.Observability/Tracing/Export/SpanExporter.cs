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
    /// <summary>So many spans of one export may be too large each by itself; whoever refuses more refuses everything, and is not asked about each.</summary>
    private const int MostAlone = 8;

    private readonly ExportProbe _probe;
    private readonly HttpClient _client;
    private readonly SpanLedger _ledger;
    private readonly ExportMonitor _monitor;
    private int _tooLargeAlone;

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
        _tooLargeAlone = 0;
        var failed = Send(spans);
        _ledger.Settle(spans.Length - failed, failed);
        return failed < spans.Length ? ExportResult.Success : ExportResult.Failure;
    }

    /// <summary>
    /// How many have failed. What is too large for the collector, which takes 4 MiB by default, is sent in halves: the spans of an error
    /// storm, each with its exception, are many times as large as others, and are those that somebody will ask for.
    /// </summary>
    private long Send(Activity[] spans)
    {
        var problem = Post(spans);
        if (problem is { Reason: ExportFailure.TooLarge } && !_ledger.IsClosed && _tooLargeAlone < MostAlone)
        {
            if (spans.Length > 1)
                return Send(spans[..(spans.Length / 2)]) + Send(spans[(spans.Length / 2)..]);
            _tooLargeAlone++;
        }

        var partial = problem is null ? _probe.Partial : default;
        var rejected = Math.Clamp(partial.Rejected, 0, spans.Length);
        if (problem is null && rejected == spans.Length && spans.Length > 0)
            problem = new ExportProblem(ExportFailure.Refused, $"The collector took none of the spans: {ExportProblems.Clean(partial.Message)}");
        if (problem is { } told)
            _monitor.Failed(told);
        else
            _monitor.Succeeded(rejected, partial.Message);
        return problem is null ? rejected : spans.Length;
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
