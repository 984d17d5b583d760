using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Integration.Tracing;

/// <summary>Two services, two processes, one collector: what begins in the one goes on in the other.</summary>
public sealed class TwoServicesTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_span_of_both_arrives_exactly_once_and_each_trace_is_whole(bool grpc)
    {
        const int Traces = 2_000;
        await using var collector = await StubCollector.StartAsync();

        await RunAsync(collector, grpc, Traces, "1", "1");

        Assert.Equal(4 * Traces, collector.Spans.Count);
        Assert.Equal(4 * Traces, collector.Spans.Select(span => span.SpanId).Distinct().Count());
        Assert.Equal(Traces, WholeTraces(collector).Count);
    }

    /// <summary>The other service's own ratio does not matter: the decision has been made. The standard deviation is 42, the bound nearly five of it.</summary>
    [Fact]
    public async Task A_tenth_of_the_traces_is_kept_and_each_of_them_whole()
    {
        await using var collector = await StubCollector.StartAsync();

        await RunAsync(collector, grpc: true, 20_000, "0.1", "0");

        var traces = WholeTraces(collector);
        Assert.InRange(traces.Count, 1_800, 2_200);
        Assert.Equal(4 * traces.Count, collector.Spans.Count);
    }

    [Fact]
    public async Task What_the_caller_does_not_keep_nobody_keeps()
    {
        await using var collector = await StubCollector.StartAsync();

        await RunAsync(collector, grpc: true, 1_000, "0", "1");

        Assert.Empty(collector.Spans);
    }

    /// <summary>The traces that have all of: the beginning, the call, the request, the work.</summary>
    private static List<string> WholeTraces(StubCollector collector) =>
    [
        .. collector.Spans.GroupBy(span => span.TraceId).Select(trace =>
        {
            var begin = Assert.Single(trace, span => span.Name == "begin");
            var call = Assert.Single(trace, span => span.ParentId == begin.SpanId);
            var request = Assert.Single(trace, span => span.ParentId == call.SpanId);
            var work = Assert.Single(trace, span => span.ParentId == request.SpanId);
            Assert.Equal(("", "GET", "GET /work", "work"), (begin.ParentId, call.Name, request.Name, work.Name));
            Assert.Equal(["one", "one", "two", "two"], ((ReceivedSpan[])[begin, call, request, work]).Select(span => span.Resource["service.name"]));
            return trace.Key;
        }),
    ];

    private static async Task RunAsync(StubCollector collector, bool grpc, int traces, string ratio, string othersRatio)
    {
        await using var two = await StartAsync(collector, grpc, "two", othersRatio);
        await using var one = await StartAsync(collector, grpc, "one", ratio);
        one.Client.Timeout = Bound;
        using var answer = await one.Client.GetAsync($"/begin?traces={traces}&next={two.Client.BaseAddress}");
        answer.EnsureSuccessStatusCode();

        // What is held is exported as they end. The request that began it all was asked for by nobody who traces.
        Assert.Equal(0, (await Scrape.OfAsync(one.Client)).Sum("colink_telemetry_spans_total", ("outcome", "dropped")));
        Assert.Equal(0, await one.StopAsync(Bound));
        Assert.Equal(0, await two.StopAsync(Bound));
    }

    private static Task<RunningProgram> StartAsync(StubCollector collector, bool grpc, string name, string ratio) =>
        RunningProgram.StartAsync(BuiltProjects.TracedService, Path.GetTempPath(), new Dictionary<string, string?>(collector.Settings(grpc).Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value)))
        {
            ["CoLink__Observability__ServiceName"] = name,
            ["CoLink__Observability__Tracing__SamplingRatio"] = ratio,
            ["CoLink__Observability__ExcludedPaths"] = "/metrics,/begin",
            ["OTEL_BSP_MAX_QUEUE_SIZE"] = "100000",
        });
}
