using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Tracing.Redaction;

/// <summary>What of a span's texts is shown.</summary>
/// <param name="Text">The text of an exception as it may stand on a span.</param>
/// <param name="Path">The path of a request as it may stand on a span.</param>
internal sealed record SpanRedaction(Func<string, string> Text, Func<HttpContext, string, string> Path);
