using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace MessagingService;

/// <summary>Says what is wrong with a body that could not be read at all; without it the answer would be a status alone.</summary>
internal sealed class BadInput(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException refused)
            return ValueTask.FromResult(false);
        context.Response.StatusCode = refused.StatusCode;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = refused.StatusCode, Title = "The request was not accepted.", Detail = Explain(refused) },
        });
    }

    private static string Explain(BadHttpRequestException refused) => refused.InnerException switch
    {
        JsonException { InnerException: JsonException } json => $"The body is not valid JSON: {json.Message} Allowed: a JSON object.",
        // Every field of every body is a string.
        JsonException { Path: ['$', '.', .. var field] } => $"{field} is not a string. Allowed: text in quotes.",
        JsonException => "The body is not a JSON object. Allowed: fields and values in braces.",
        _ => refused.Message,
    };
}

internal static class BadInputHandling
{
    public static void AddBadInputHandling(this IServiceCollection services) => services
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .AddExceptionHandler<BadInput>()
        .AddProblemDetails(options => options.CustomizeProblemDetails = Complete);

    /// <summary>Routing refuses a wrong content type by itself, without a word.</summary>
    private static void Complete(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is { Status: StatusCodes.Status415UnsupportedMediaType, Detail: null } problem)
            problem.Detail = $"Content-Type {Input.Quote(context.HttpContext.Request.ContentType)} is not known. Allowed: application/json.";
    }
}
