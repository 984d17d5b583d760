using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>The status that is counted, where the response itself does not say it.</summary>
internal static class ResponseStatus
{
    /// <summary>nginx's status for a client that went away before the answer; ASP.NET Core sets it too.</summary>
    public const int ClientClosedRequest = 499;

    /// <param name="context">The request.</param>
    /// <param name="escaped">The exception that passed every middleware of the app, if one did.</param>
    public static int Of(HttpContext context, Exception? escaped)
    {
        if (escaped is null)
        {
            // An exception handler answers 500 to a reset that came before the server knew that the client is gone.
            var status = context.Response.StatusCode;
            return status == StatusCodes.Status500InternalServerError && IsReset(context.Features.Get<IExceptionHandlerFeature>()?.Error) ? ClientClosedRequest : status;
        }

        // The framework's own rule where an exception handler is there: a bug stays a 500, also when nobody waits for the answer.
        if (IsReset(escaped) || (escaped is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested))
            return ClientClosedRequest;
        if (escaped is BadHttpRequestException refused && !context.Response.HasStarted)
            return refused.StatusCode;

        // Also after the response has started: the client got a torso, whatever its status line says.
        return StatusCodes.Status500InternalServerError;
    }

    private static bool IsReset(Exception? exception) =>
        exception is ConnectionResetException or ConnectionAbortedException || exception?.InnerException is ConnectionResetException or ConnectionAbortedException;
}
