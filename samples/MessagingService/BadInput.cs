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
        // Every field of every body is a string.
        JsonException { InnerException: InvalidOperationException, Path: ['$', '.', .. var field] } => $"{field} is not text. Allowed: a JSON string.",
        JsonException json => $"The body is not valid JSON: {json.Message} Allowed: an object such as {{\"name\":\"value\"}}.",
        _ => refused.Message,
    };
}

internal static class BadInputHandling
{
    public static void AddBadInputHandling(this IServiceCollection services) => services
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .AddExceptionHandler<BadInput>()
        .AddProblemDetails();
}
