using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>What OpenTelemetry's instrumentation says of the requests of one trace. Spans of every host in the process pass here.</summary>
internal sealed class Spans(ActivityTraceId trace) : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _ended = new();

    public void AddTo(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
        .SetSampler(new AlwaysOnSampler()).AddAspNetCoreInstrumentation().AddProcessor(this));

    public override void OnEnd(Activity data)
    {
        if (data.TraceId == trace && data.Kind == ActivityKind.Server)
            _ended.Enqueue(data);
    }

    /// <summary>A request's span ends after the request has passed every middleware, so what is recorded about it is recorded by then.</summary>
    public async Task<IReadOnlyList<Span>> WaitAsync(int count)
    {
        var started = Stopwatch.GetTimestamp();
        while (_ended.Count < count && Stopwatch.GetElapsedTime(started) < RouteClient.Bound)
            await Task.Delay(10);
        Assert.Equal(count, _ended.Count);
        return [.. _ended.Select(Span.Of).OrderBy(span => span.ToString(), StringComparer.Ordinal)];
    }

    internal sealed record Span(string Name, string? Route, string? Status, string? Error, ActivityStatusCode Code)
    {
        public static Span Of(Activity activity) => new(
            activity.DisplayName, Tag(activity, "http.route"), Tag(activity, "http.response.status_code"), Tag(activity, "error.type"), activity.Status);

        private static string? Tag(Activity activity, string name) => activity.GetTagItem(name)?.ToString();
    }
}
