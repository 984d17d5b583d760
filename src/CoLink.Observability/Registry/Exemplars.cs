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

    public static ExemplarBehavior OfSampledSpans() => new()
    {
        DefaultExemplarProvider = static (_, _) => IsSpanSampled ? Exemplar.FromTraceContext() : Exemplar.None,
    };

    /// <summary>For who records several series at once and looks the span up once.</summary>
    public static bool IsSpanSampled => Activity.Current is { Recorded: true };

    /// <summary>Null leaves the choice to the metric, which asks for the span.</summary>
    public static Exemplar? Choose(bool isSpanSampled) => isSpanSampled ? null : Exemplar.None;

    /// <summary>The same labels as the client library's own, of a span that may not be the current one; both ids are kept as text by the activity.</summary>
    public static Exemplar Of(Activity? span) => span is null
        ? Exemplar.None
        : Exemplar.From(TraceId.WithValue(span.TraceId.ToHexString()), SpanId.WithValue(span.SpanId.ToHexString()));

    /// <summary>No provider at all costs one comparison less on each record than the client's own way to switch exemplars off.</summary>
    public static ExemplarBehavior None() => new() { DefaultExemplarProvider = null };
}
