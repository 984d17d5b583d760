using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;

namespace CoLink.Observability.Tests.Tracing;

/// <summary>One service and its collector.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ExportTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_span_arrives_once_with_what_it_is(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await StartAsync(collector, grpc))
        {
            for (var i = 0; i < 50; i++)
                await app.Client.GetStringAsync($"/hello/{i}");
            await app.ScrapeUntilAsync(scrape => scrape.Value("colink_telemetry_spans_total", ("outcome", "exported")) >= 50);
        }

        var spans = collector.Spans.Where(span => span.Kind == ReceivedSpan.Server).ToArray();
        Assert.Equal(50, spans.Length);
        Assert.Equal(50, spans.Select(span => span.SpanId).Distinct().Count());
    }

    private static Task<RunningApp> StartAsync(StubCollector collector, bool grpc, Dictionary<string, string?>? settings = null)
    {
        var all = collector.Settings(grpc);
        foreach (var (key, value) in settings ?? [])
            all[key] = value;
        return RunningApp.StartAsync(app => app.MapGet("/hello/{name}", (string name) => name), settings: all);
    }
}
