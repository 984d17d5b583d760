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
            return context.Response.StatusCode;
        if (escaped is BadHttpRequestException refused && !context.Response.HasStarted)
            return refused.StatusCode;

        // The framework's own rule where an exception handler is there: a bug stays a 500, also when nobody waits for the answer.
        if (escaped is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
            return ClientClosedRequest;

        // Also after the response has started: the client got a torso, whatever its status line says.
        return StatusCodes.Status500InternalServerError;
    }
}
