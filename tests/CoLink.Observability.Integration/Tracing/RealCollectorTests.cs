using System.Diagnostics;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Tracing;

/// <summary>
/// Against a real collector, where <c>COLINK_TEST_OTLP_URL</c> points to one; with <c>COLINK_TEST_TEMPO_URL</c> the trace is looked
/// up where it was stored.
/// </summary>
public sealed class RealCollectorTests
{
    private static readonly string? Collector = Environment.GetEnvironmentVariable("COLINK_TEST_OTLP_URL");

    private static readonly string? Tempo = Environment.GetEnvironmentVariable("COLINK_TEST_TEMPO_URL");

    [Fact]
    public async Task It_takes_the_spans_of_a_service_and_the_trace_is_found()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Collector), "COLINK_TEST_OTLP_URL names no collector.");
        await using var service = await RunningProgram.StartAsync(BuiltProjects.TracedService, Path.GetTempPath(), new Dictionary<string, string?>
        {
            ["CoLink__Observability__ServiceName"] = "traced-service",
            ["CoLink__Observability__Tracing__Otlp__Endpoint"] = Collector,
            ["CoLink__Observability__Tracing__Otlp__Protocol"] = new Uri(Collector!).Port == 4318 ? "HttpProtobuf" : "Grpc",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        });
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/work");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        (await service.Client.SendAsync(request)).EnsureSuccessStatusCode();

        var scrape = await Scrape.UntilAsync(service.Client, s => s.Sum("colink_telemetry_spans_total", ("outcome", "exported")) >= 2);
        Assert.Equal(0, scrape.Sum("colink_telemetry_export_failures_total"));
        if (string.IsNullOrEmpty(Tempo))
            return;
        using var tempo = new HttpClient { BaseAddress = new Uri(Tempo) };
        await Wait.ForAsync(
            async () =>
            {
                using var answer = await tempo.GetAsync(new Uri($"/api/traces/{trace}", UriKind.Relative));
                return answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync()).Contains("GET /work", StringComparison.Ordinal) ? answer : null;
            },
            () => $"the trace {trace} at {Tempo}");
    }
}
