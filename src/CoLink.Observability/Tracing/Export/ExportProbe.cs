using System.Text;
using CoLink.Observability.Tracing.Otlp;

namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// Stands between the exporter and the network, because the exporter tells nobody why it failed: it keeps what became of the request,
/// with the answer's text. The exporter sends one request at a time.
/// </summary>
internal sealed class ExportProbe(OtlpTarget target, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>More is no answer to an export, and is not read.</summary>
    private const int MostBytes = 16 * 1024;

    /// <summary>Whether the exporter came so far as to send anything.</summary>
    public bool HasSent { get; private set; }

    /// <summary>What went wrong with the request; null where nothing did.</summary>
    public ExportProblem? Problem { get; private set; }

    /// <summary>What the collector said beside its yes.</summary>
    public PartialSuccess Partial { get; private set; }

    /// <summary>Before each export.</summary>
    public void Forget() => (HasSent, Problem, Partial) = (false, null, default);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HasSent = true;
        try
        {
            var response = base.Send(request, cancellationToken);

            // Reading knows no cancellation: a collector that stops in the middle of its answer would hold the thread.
            using var abort = cancellationToken.UnsafeRegister(static response => ((HttpResponseMessage)response!).Dispose(), response);
            using var body = response.Content.ReadAsStream(cancellationToken);
            var read = new byte[MostBytes];
            var length = body.ReadAtLeast(read, read.Length, throwOnEndOfStream: false);
            return Answered(response, read[..length]);
        }
        catch (Exception exception)
        {
            Failed(exception, cancellationToken);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HasSent = true;
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = new byte[MostBytes];
            var length = await body.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, cancellationToken);
            return Answered(response, read[..length]);
        }
        catch (Exception exception)
        {
            Failed(exception, cancellationToken);
            throw;
        }
    }

    /// <summary>The exporter, which may look at the answer too, gets what was read.</summary>
    private HttpResponseMessage Answered(HttpResponseMessage response, byte[] body)
    {
        var isGrpc = target.Protocol == OtlpProtocol.Grpc;
        var text = response.IsSuccessStatusCode ? "" : WithoutSecrets(Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 4 * ExportProblems.MostText))));
        Problem = ExportProblems.Of(response.StatusCode, text);
        if (Problem is null && isGrpc)
            Problem = ExportProblems.OfGrpc(response.TrailingHeaders, response.Headers) is { } problem ? problem with { Cause = WithoutSecrets(problem.Cause) } : null;
        if (Problem is null)
            Partial = PartialSuccess.Read(body, isGrpc);

        var content = new ByteArrayContent(body);
        content.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = content;
        return response;
    }

    private void Failed(Exception exception, CancellationToken cancellation) =>
        Problem = ExportProblems.Of(exception, isOutOfTime: cancellation.IsCancellationRequested);

    /// <summary>What answers may show what it was sent.</summary>
    private string WithoutSecrets(string text) => target.Headers.Where(header => header.Value.Length > 0)
        .Aggregate(text, (shown, header) => shown.Replace(header.Value, "[redacted]", StringComparison.Ordinal));
}
