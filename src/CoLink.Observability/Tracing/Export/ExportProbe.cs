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

    /// <summary>The values of headers, and what stands in them behind a scheme, as in <c>Bearer …</c>; the longer ones first, which contain others.</summary>
    private readonly string[] _secrets =
    [
        .. target.Headers.SelectMany(header => (string[])[header.Value, header.Value[(header.Value.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim()])
            .Where(secret => secret.Length > 0).Distinct().OrderByDescending(secret => secret.Length),
    ];

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
        var text = response.IsSuccessStatusCode ? "" : WithoutSecrets(Encoding.UTF8.GetString(body));
        Problem = ExportProblems.Of(response.StatusCode, text);
        if (Problem is null && isGrpc)
            Problem = ExportProblems.OfGrpc(WithoutSecrets, response.TrailingHeaders, response.Headers);
        if (Problem is null && PartialSuccess.Read(body, isGrpc) is var partial)
            Partial = partial with { Message = WithoutSecrets(partial.Message) };

        var content = new ByteArrayContent(body);
        content.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = content;
        return response;
    }

    private void Failed(Exception exception, CancellationToken cancellation) =>
        Problem = ExportProblems.Of(exception, isOutOfTime: cancellation.IsCancellationRequested);

    /// <summary>What answers may show what it was sent. Before any of it is cut off: the half of a secret is found by nobody.</summary>
    private string WithoutSecrets(string text) => _secrets.Aggregate(text, (shown, secret) => shown.Replace(secret, "[redacted]", StringComparison.Ordinal));
}
