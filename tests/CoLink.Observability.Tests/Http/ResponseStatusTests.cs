using CoLink.Observability.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Tests.Http;

public sealed class ResponseStatusTests
{
    public static TheoryData<string, Exception?, bool, bool, int> Cases => new()
    {
        { "answered", null, false, true, 204 },
        { "answered after the client left", null, true, true, 204 },
        { "a bug", new InvalidOperationException(), false, false, 500 },
        { "a bug after the response started", new InvalidOperationException(), false, true, 500 },
        { "a bug after the client left", new InvalidOperationException(), true, false, 500 },
        { "cancelled because the client left", new TaskCanceledException(), true, false, 499 },
        { "a broken connection because the client left", new IOException(), true, true, 499 },
        { "cancelled by the app itself", new TaskCanceledException(), false, false, 500 },
        { "a reset before the server told the app that the client left", new ConnectionResetException("reset"), false, false, 499 },
        { "a reset inside another exception", new IOException("body", new ConnectionResetException("reset")), false, true, 499 },
        { "a body cut off because the client left", new BadHttpRequestException("unexpected end", 400), true, false, 499 },
        { "refused", new BadHttpRequestException("too large", 413), false, false, 413 },
        { "refused after the response started", new BadHttpRequestException("too large", 413), false, true, 500 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_status_says_who_is_to_blame(string what, Exception? escaped, bool isGone, bool hasStarted, int expected)
    {
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(isGone) };
        context.Features.Set<IHttpResponseFeature>(new Response(hasStarted) { StatusCode = 204 });

        Assert.True(expected == ResponseStatus.Of(context, escaped), what);
    }

    [Theory]
    [InlineData(true, 499)]
    [InlineData(false, 500)]
    public void A_handler_that_answers_500_to_a_reset_answers_nobody(bool isReset, int expected)
    {
        var context = new DefaultHttpContext();
        context.Response.StatusCode = 500;
        context.Features.Set<IExceptionHandlerFeature>(new ExceptionHandlerFeature { Error = isReset ? new ConnectionResetException("reset") : new InvalidOperationException() });

        Assert.Equal(expected, ResponseStatus.Of(context, null));
    }

    private sealed class Response(bool hasStarted) : HttpResponseFeature
    {
        public override bool HasStarted => hasStarted;
    }
}
