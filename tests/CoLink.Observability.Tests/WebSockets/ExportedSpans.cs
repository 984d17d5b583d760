using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>What OpenTelemetry would export of an app, as it stood at that moment; scrapes are left out.</summary>
internal sealed class ExportedSpans(double ratio = 1) : BaseProcessor<Activity>
{
    /// <summary>A source of the app's own.</summary>
    public const string AppSource = "handshake-tests";

    private readonly ConcurrentQueue<ExportedSpan> _spans = new();

    public IEnumerable<ExportedSpan> All => _spans.Where(span => span.Tag("url.path") as string != "/metrics");

    /// <summary>The spans of requests.</summary>
    public IEnumerable<ExportedSpan> Requests => All.Where(span => span.Activity.OperationName == "Microsoft.AspNetCore.Hosting.HttpRequestIn");

    public void AddTo(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
        .AddAspNetCoreInstrumentation(options => options.RecordException = true)
        .AddSource("CoLink.Observability", "Microsoft.AspNetCore.SignalR.Server", AppSource)
        .AddProcessor(this));

    /// <summary>A batch processor queues what is recorded, and nothing else. The tests' own client is heard too, being in the process.</summary>
    public override void OnEnd(Activity data)
    {
        if (data.Recorded && data.Kind != ActivityKind.Client)
            _spans.Enqueue(new ExportedSpan(data, data.DisplayName, data.Duration, data.Status, [.. data.TagObjects]));
    }

    internal sealed record ExportedSpan(Activity Activity, string Name, TimeSpan Duration, ActivityStatusCode Status, KeyValuePair<string, object?>[] Tags)
    {
        public object? Tag(string name) => Tags.SingleOrDefault(tag => tag.Key == name).Value;
    }
}
