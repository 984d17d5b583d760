using System.Diagnostics;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>
/// An exemplar leads from a bucket to a trace, so only a span that is sampled, and thus will be found, becomes one.
/// prometheus-net's own default takes every current activity.
/// </summary>
internal static class Exemplars
{
    private static readonly Exemplar.LabelKey TraceId = Exemplar.Key("trace_id");
    private static readonly Exemplar.LabelKey SpanId = Exemplar.Key("span_id");

    /// <summary>The current span, where it is sampled. Who records several series at once looks it up once.</summary>
    public static Activity? SampledSpan => Activity.Current is { Recorded: true } span ? span : null;

    /// <summary>The same labels as the client library's own, of a span that may not be the current one; both ids are kept as text by the activity.</summary>
    public static Exemplar Of(Activity span) => Exemplar.From(TraceId.WithValue(span.TraceId.ToHexString()), SpanId.WithValue(span.SpanId.ToHexString()));

    /// <summary>The client library chooses none by itself. No provider at all costs one comparison less on each record than its own way to switch exemplars off.</summary>
    public static ExemplarBehavior None() => new() { DefaultExemplarProvider = null };
}
