using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing;

/// <summary>An app with endpoints to trace, and what it and its collector say. OpenTelemetry hears the whole process, so these tests run alone.</summary>
internal static class TracedApp
{
    public const string SpansTotal = "colink_telemetry_spans_total";
    public const string Failures = "colink_telemetry_export_failures_total";

    public static Task<RunningApp> StartAsync(
        StubCollector? collector = null,
        bool grpc = true,
        Dictionary<string, string?>? settings = null,
        Action<WebApplication>? app = null,
        Action<WebApplicationBuilder>? builder = null,
        Action<CoLinkObservabilityOptions>? options = null)
    {
        var all = collector?.Settings(grpc) ?? [];
        foreach (var (key, value) in settings ?? [])
            all[key] = value;
        return RunningApp.StartAsync(
            running =>
            {
                app?.Invoke(running);
                running.MapGet("/hello/{name}", (string name) => name);
                running.MapGet("/id", () => Activity.Current?.Id);
                running.MapGet("/boom", string () => throw new InvalidOperationException("boom with password=hunter2"));
            },
            builder, options, all);
    }

    public static Task HelloAsync(this RunningApp app, int times = 1) => app.Client.HelloAsync(times);

    public static async Task HelloAsync(this HttpClient client, int times = 1)
    {
        for (var i = 0; i < times; i++)
            await client.GetStringAsync($"/hello/{i}");
    }

    /// <summary>A client whose requests are no spans of this process.</summary>
    public static HttpClient SilentClient(this RunningApp app) => new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = app.Address };

    /// <summary>A request that is part of a trace.</summary>
    public static async Task<HttpResponseMessage> GetAsync(this RunningApp app, string path, string traceparent, string? baggage = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", traceparent);
        if (baggage is not null)
            request.Headers.Add("baggage", baggage);

        // The client in this process would write a parent of its own.
        using var client = app.SilentClient();
        return await client.SendAsync(request);
    }

    /// <summary>Has the queue exported all that ended before.</summary>
    public static void Flush(this RunningApp app) => app.Services.GetRequiredService<TracerProvider>().ForceFlush();

    public static double? Spans(this Scrape scrape, string outcome) => scrape.Value(SpansTotal, ("outcome", outcome));

    public static double? Failed(this Scrape scrape, string reason) => scrape.Value(Failures, ("signal", "traces"), ("reason", reason));

    public static bool IsTraced(this RunningApp app) => app.Services.GetService<TracerProvider>() is not null;

    public static string StartLine(this RunningApp app) => Assert.Single(app.Logs.Of(140)).Message;

    public static ReceivedSpan[] Servers(this StubCollector collector) => [.. collector.Spans.Where(span => span.Kind == ReceivedSpan.Server)];

    public static Task UntilAsync(this StubCollector collector, Func<IReadOnlyCollection<ReceivedSpan>, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "") =>
        Eventually.IsTrue(() => satisfied(collector.Spans), () => $"The collector has {string.Join(", ", collector.Spans.Select(span => span.Name))}", text);

    /// <summary>A W3C trace context that begins elsewhere.</summary>
    public static string Parent(bool sampled, ActivityTraceId? trace = null) =>
        $"00-{trace ?? ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-{(sampled ? "01" : "00")}";
}
