using CoLink.Observability.Http;
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

    private sealed class Response(bool hasStarted) : HttpResponseFeature
    {
        public override bool HasStarted => hasStarted;
    }
}
