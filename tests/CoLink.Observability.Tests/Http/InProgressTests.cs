using System.Net.ServerSentEvents;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Tests.Http;

/// <summary>What hangs is in progress; what may last as its client likes is not, or a page of events would look like a pile-up for ever.</summary>
public sealed class InProgressTests : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    public void Dispose() => _end.Dispose();

    [Theory]
    [InlineData("/hangs", 1)]
    [InlineData("/events", 0)]
    [InlineData("/unmeasured", 0)]
    [InlineData("/by-hand", 1)]
    public async Task A_request_that_does_not_end_is_in_progress_unless_its_endpoint_says_that_it_may_last(string path, int expected)
    {
        await using var app = await ServeAsync();
        using var answer = await app.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(expected, (await app.ScrapeAsync()).Sum("http_requests_in_progress"));
        await _end.CancelAsync();
        await app.ScrapeUntilAsync(s => s.Sum("http_requests_in_progress") == 0);
    }

    /// <summary>Or, behind the one route of a proxy, a stream would hide all that hangs.</summary>
    [Fact]
    public async Task An_endpoint_that_has_once_answered_with_a_stream_is_not_known_for_it()
    {
        await using var app = await ServeAsync();
        using (await app.Client.GetAsync("/by-hand?ends=true", TestContext.Current.CancellationToken))
            await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/by-hand"), ("status", "200")) == 1);
        using var answer = await app.Client.GetAsync("/by-hand", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(1, (await app.ScrapeAsync()).Sum("http_requests_in_progress"));
        await _end.CancelAsync();
    }

    private Task<RunningApp> ServeAsync() => RunningApp.StartAsync(app =>
    {
        app.MapGet("/hangs", HangAsync);
        app.MapGet("/unmeasured", HangAsync).DisableHttpMetrics();
        app.MapGet("/events", () => TypedResults.ServerSentEvents(EventsAsync()));
        app.MapGet("/by-hand", async (HttpContext context, bool ends = false) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync(_end.Token);
            if (!ends)
                await EndAsync();
        });
    });

    private async Task HangAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync(_end.Token);
        await EndAsync();
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync()
    {
        yield return new SseItem<string>("first");
        await EndAsync();
    }

    private async Task EndAsync() => await Task.Delay(Timeout.Infinite, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
