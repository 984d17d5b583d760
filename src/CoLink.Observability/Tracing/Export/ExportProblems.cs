using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace CoLink.Observability.Tracing.Export;

/// <summary>Reads off a failure what kind it is.</summary>
internal static class ExportProblems
{
    /// <summary>What a person reads of an answer's body.</summary>
    public const int MostText = 200;

    /// <summary>The names of gRPC's statuses, by their numbers.</summary>
    private static readonly string[] Statuses =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <param name="exception">What came instead of an answer.</param>
    /// <param name="isOutOfTime">Whether the time of the export was over.</param>
    public static ExportProblem Of(Exception exception, bool isOutOfTime) => new(ReasonOf(exception, isOutOfTime), isOutOfTime ? "No answer came in time." : Words(exception));

    /// <summary>Null where the status is a success.</summary>
    /// <param name="status">The status of HTTP.</param>
    /// <param name="text">The beginning of the body.</param>
    public static ExportProblem? Of(HttpStatusCode status, string text)
    {
        if ((int)status is >= 200 and <= 299)
            return null;
        var reason = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => ExportFailure.Unauthorized,
            HttpStatusCode.RequestEntityTooLarge => ExportFailure.TooLarge,
            HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => ExportFailure.Timeout,
            _ => IsTooLarge(text) ? ExportFailure.TooLarge : ExportFailure.Refused,
        };
        return new ExportProblem(reason, Line($"HTTP {(int)status} ({status})", text));
    }

    /// <summary>Null where the status is a success.</summary>
    /// <param name="shown">What may be shown of the message that goes with it.</param>
    /// <param name="headers">The headers or the trailers; one of them has the status.</param>
    public static ExportProblem? OfGrpc(Func<string, string> shown, params ReadOnlySpan<HttpHeaders> headers)
    {
        foreach (var some in headers)
        {
            if (Value(some, "grpc-status") is { } text)
                return OfGrpc(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 2, shown(Uri.UnescapeDataString(Value(some, "grpc-message") ?? "")));
        }

        return new ExportProblem(ExportFailure.Other, "The answer is none of gRPC: another protocol is spoken there.");
    }

    /// <summary>Null where the status is a success.</summary>
    /// <param name="status">As a type of .NET names it: <c>ResourceExhausted</c>.</param>
    /// <param name="message">What goes with it.</param>
    public static ExportProblem? OfGrpc(string status, string message) =>
        OfGrpc(Array.FindIndex(Statuses, name => name.Replace("_", "", StringComparison.Ordinal).Equals(status, StringComparison.OrdinalIgnoreCase)) is >= 0 and var known ? known : 2, message);

    /// <summary>Readable on one line.</summary>
    public static string Clean(string text) =>
        string.Concat((text.Length > MostText ? text[..MostText] + "…" : text).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? ' ' : letter)).Trim();

    private static ExportProblem? OfGrpc(int status, string message)
    {
        if (status == 0)
            return null;
        var reason = status switch
        {
            4 => ExportFailure.Timeout,
            7 or 16 => ExportFailure.Unauthorized,
            _ => IsTooLarge(message) ? ExportFailure.TooLarge : ExportFailure.Refused,
        };
        return new ExportProblem(reason, Line($"gRPC {status}{(status < Statuses.Length ? $" ({Statuses[status]})" : "")}", message));
    }

    private static ExportFailure ReasonOf(Exception exception, bool isOutOfTime) => exception switch
    {
        _ when isOutOfTime => ExportFailure.Timeout,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => ExportFailure.Tls,
        AuthenticationException => ExportFailure.Tls,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError or HttpRequestError.ResponseEnded } => ExportFailure.Unreachable,
        SocketException => ExportFailure.Unreachable,
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => ExportFailure.Unreachable,
        _ => exception.InnerException is { } inner ? ReasonOf(inner, isOutOfTime: false) : ExportFailure.Other,
    };

    private static string Words(Exception exception)
    {
        var innermost = exception.GetBaseException();
        return Clean(ReferenceEquals(innermost, exception) || exception.Message.Contains(innermost.Message, StringComparison.Ordinal)
            ? exception.Message
            : $"{exception.Message.Replace(", see inner exception", "", StringComparison.Ordinal)} {innermost.Message}");
    }

    /// <summary>The words of grpc-go and net/http, in which collectors are written; the status is one of many.</summary>
    private static bool IsTooLarge(string text) =>
        text.Contains("larger than max", StringComparison.OrdinalIgnoreCase) || text.Contains("too large", StringComparison.OrdinalIgnoreCase);

    private static string Line(string status, string text) => Clean(text) is { Length: > 0 } words ? $"{status}: {words}" : $"{status}.";

    private static string? Value(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
