using System.Net;
using System.Text.RegularExpressions;
using CoLink.Observability.Tracing.Export;

namespace CoLink.Observability.Tracing.AppExport;

/// <summary>What OpenTelemetry's OTLP exporter tells of itself, by the numbers of its events; they are older than any of its metrics.</summary>
internal static partial class ExporterEvents
{
    private const int Success = 21;
    private const int Unwritable = 39;
    private const int OverLimit = 41;

    /// <summary>Null for an event that is no end of an export.</summary>
    public static bool? IsSuccess(int id) => id switch
    {
        Success => true,
        2 or 4 or 12 or 16 or 17 or 18 or 19 or 20 or 23 or Unwritable or 40 or OverLimit => false,
        _ => null,
    };

    /// <summary>Where the export went; null where the event does not tell.</summary>
    public static string? Endpoint(IReadOnlyList<object?> payload) => payload is [string text, ..] && text.Contains("://", StringComparison.Ordinal) ? text : null;

    public static ExportProblem Problem(int id, IReadOnlyList<object?> payload) => id switch
    {
        16 or 2 or 4 or 12 or 18 => OfException(id, Text(payload, id is 4 or 12 ? 0 : 1)),
        17 => OfStatus(Text(payload, 2), Text(payload, 1)),
        19 => new ExportProblem(ExportFailure.Timeout, "No answer came in time."),
        20 => new ExportProblem(ExportFailure.Other, "The answer could not be read."),
        23 => OfGrpc(Text(payload, 2)),
        OverLimit => new ExportProblem(ExportFailure.TooLarge, "The spans are over the limit of the exporter."),
        Unwritable => new ExportProblem(ExportFailure.Other, "The spans could not be written."),
        _ => new ExportProblem(ExportFailure.Other, "The export failed."),
    };

    /// <summary>All there is of the exception is its text.</summary>
    private static ExportProblem OfException(int id, string text)
    {
        var reason = Says(text, "AuthenticationException") || Says(text, "SSL connection") ? ExportFailure.Tls
            : Says(text, "TimeoutException") || Says(text, "TaskCanceledException") ? ExportFailure.Timeout
            : id == 16 || Says(text, "SocketException") || Says(text, "ResponseEnded") ? ExportFailure.Unreachable
            : ExportFailure.Other;
        return new ExportProblem(reason, ExportProblems.Clean(text.Split('\n')[0]));
    }

    private static ExportProblem OfStatus(string exception, string body) =>
        Status().Match(exception) is { Success: true } match && Enum.TryParse<HttpStatusCode>(match.Groups["status"].Value, out var status)
        && ExportProblems.Of(status, body) is { } problem
            ? problem
            : OfException(17, exception);

    private static ExportProblem OfGrpc(string text) =>
        GrpcStatus().Match(text) is { Success: true } match && ExportProblems.OfGrpc(match.Groups["status"].Value, match.Groups["detail"].Value) is { } problem
            ? problem
            : new ExportProblem(ExportFailure.Other, ExportProblems.Clean(text));

    private static string Text(IReadOnlyList<object?> payload, int index) => index < payload.Count ? payload[index] as string ?? "" : "";

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.Ordinal);

    [GeneratedRegex(@"status code does not indicate success: (?<status>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Status();

    [GeneratedRegex("StatusCode=\"(?<status>\\w+)\", Detail=\"(?<detail>.*?)\"", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex GrpcStatus();
}
