using CoLink.Observability.Http;
using CoLink.Observability.Logging.Redaction;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Requests;

/// <summary>One line a request, at its end, for every provider of the app.</summary>
internal sealed class RequestLog(ILogger logger, PathRedaction paths)
{
    public const string Category = "CoLink.Observability.Requests";

    private const int FirstServerError = 500;

    /// <summary>Numbers that every line would box anew.</summary>
    private readonly object[] _statuses = [.. Enumerable.Range(0, 600).Cast<object>()];

    public void Write(in FinishedRequest request)
    {
        var level = request.Status >= FirstServerError ? LogLevel.Error : LogLevel.Information;
        if (!logger.IsEnabled(level))
            return;
        var status = (uint)request.Status < (uint)_statuses.Length ? _statuses[request.Status] : request.Status;
        var line = new RequestLine(
            HttpMethodLabel.Name(request.Method), request.Route.Template, paths.Redact(request.Path, request.Endpoint), status, Math.Round(request.Seconds * 1000, 3), request.IsUpgraded);
        logger.Log(level, default, line, null, static (line, _) => line.ToString());
    }
}
