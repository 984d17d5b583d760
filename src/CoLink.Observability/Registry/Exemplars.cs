using System.Diagnostics;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>
/// An exemplar leads from a bucket to a trace, so only a span that is sampled, and thus will be found, becomes one.
/// prometheus-net's own default takes every current activity.
/// </summary>
internal static class Exemplars
{
    public static ExemplarBehavior OfSampledSpans() => new()
    {
        DefaultExemplarProvider = static (_, _) => IsSpanSampled ? Exemplar.FromTraceContext() : Exemplar.None,
    };

    /// <summary>For who records several series at once and looks the span up once.</summary>
    public static bool IsSpanSampled => Activity.Current is { Recorded: true };

    /// <summary>Null leaves the choice to the metric, which asks for the span.</summary>
    public static Exemplar? Choose(bool isSpanSampled) => isSpanSampled ? null : Exemplar.None;

    /// <summary>No provider at all costs one comparison less on each record than the client's own way to switch exemplars off.</summary>
    public static ExemplarBehavior None() => new() { DefaultExemplarProvider = null };
}
