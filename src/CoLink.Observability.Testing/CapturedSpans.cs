using System.Collections.Concurrent;
using System.Diagnostics;

namespace CoLink.Observability.Testing;

/// <summary>
/// The spans of one host that have ended, as they would be exported. A span within a request belongs to the host that answers it. One
/// without a request around it, such as a background service's, belongs to no host that could be told: every capture of the process has it.
/// </summary>
public sealed class CapturedSpans
{
    private readonly ConcurrentQueue<Activity> _ended = new();

    internal CapturedSpans()
    {
    }

    /// <summary>Those that have ended, in the order of their ends.</summary>
    public IReadOnlyList<Activity> All => [.. _ended];

    /// <summary>Those of one trace.</summary>
    /// <param name="traceId">Its id.</param>
    public IReadOnlyList<Activity> OfTrace(ActivityTraceId traceId) => [.. _ended.Where(span => span.TraceId == traceId)];

    /// <summary>Waits for a span.</summary>
    /// <param name="isRight">Which one.</param>
    /// <exception cref="TelemetryAssertionException">None ended within 10 seconds; the message lists those that did.</exception>
    public Task<Activity> UntilAsync(Func<Activity, bool> isRight) => Awaiting.FirstAsync(() => All, isRight, "span", Describe);

    internal void Add(Activity span) => _ended.Enqueue(span);

    private static string Describe(Activity span) =>
        $"{span.TraceId} {span.Source.Name} {span.Kind} '{span.DisplayName}' {span.Status} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}";
}
