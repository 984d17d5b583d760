using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Exposition;

public sealed class ScrapeMemoryTests
{
    [Theory]
    [InlineData("text/plain", "")]
    [InlineData("application/openmetrics-text", "")]
    [InlineData("text/plain", "gzip")]
    public async Task A_scrape_allocates_the_same_for_few_series_and_for_many(string accept, string encoding)
    {
        var few = await AllocatedAsync(1_000, accept, encoding);
        var many = await AllocatedAsync(50_000, accept, encoding);

        TestContext.Current.TestOutputHelper!.WriteLine($"{accept} {encoding}: {few:N0} bytes for 1,000 series, {many:N0} for 50,000");
        Assert.True(many < few + 4096, $"{few:N0} bytes for 1,000 series, {many:N0} for 50,000");
        Assert.True(many < 64 * 1024, $"{many:N0} bytes");
    }

    private static async Task<long> AllocatedAsync(int series, string accept, string encoding)
    {
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.MaxSeriesPerMetric = series);
        var gauge = app.Services.GetRequiredService<MetricRegistry>().Gauge("messaging_rooms", "Rooms.", "name");
        for (var i = 0; i < series; i++)
            gauge.With($"room-{i}").Set(i / 7.0);
        var endpoint = app.Services.GetRequiredService<MetricsEndpoint>();

        // The first two make what is made once.
        Scrape(endpoint, accept, encoding);
        Scrape(endpoint, accept, encoding);

        // A collection in between takes rented buffers from the pool, and the next scrape makes them anew: the least of a few tells.
        return Enumerable.Range(0, 5).Min(_ => Scrape(endpoint, accept, encoding));
    }

    /// <summary>Nothing waits on a body that takes everything at once, so all of it runs, and allocates, on this thread.</summary>
    private static long Scrape(MetricsEndpoint endpoint, string accept, string encoding)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers.Accept = accept;
        context.Request.Headers.AcceptEncoding = encoding;
        context.Response.Body = Stream.Null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var scrape = endpoint.HandleAsync(context);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(scrape.IsCompletedSuccessfully);
        Assert.Equal(200, context.Response.StatusCode);
        return allocated;
    }
}
