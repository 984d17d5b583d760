using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>Trace context in the headers of a message, as the app's propagator writes it: by default W3C's traceparent, tracestate and baggage.</summary>
internal static class MessageHeaders
{
    private const string TraceParent = "traceparent";

    /// <summary>What the W3C asks a carrier of baggage to take; nothing longer is trace context.</summary>
    private const int MaxLength = 8192;

    /// <summary>The headers to send, or null where the app's are right as they are: nothing to carry, or a context of the app's own.</summary>
    /// <remarks>Always new ones: an app may send one message many times, and a context left in it would be the next one's.</remarks>
    public static Headers? Carrying(Activity? activity, Headers? own)
    {
        if (activity is null || own?.TryGetLastBytes(TraceParent, out _) == true)
            return null;
        var headers = new Headers();
        foreach (var header in own ?? [])
            headers.Add(header.Key, header.GetValueBytes());
        DistributedContextPropagator.Current.Inject(activity, headers, static (carrier, name, value) =>
        {
            var headers = (Headers)carrier!;
            if (!headers.TryGetLastBytes(name, out _))
                headers.Add(name, Encoding.UTF8.GetBytes(value));
        });
        return headers;
    }

    /// <summary>The context of the span that published the message; the default where there is none, or none that can be read.</summary>
    public static ActivityContext Context(Headers? headers)
    {
        if (headers is null)
            return default;
        DistributedContextPropagator.Current.ExtractTraceIdAndState(headers, Read, out var id, out var state);
        return ActivityContext.TryParse(id, state, isRemote: true, out var context) ? context : default;
    }

    public static IEnumerable<KeyValuePair<string, string?>> Baggage(Headers? headers) =>
        (headers is null ? null : DistributedContextPropagator.Current.ExtractBaggage(headers, Read)) ?? [];

    private static void Read(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = ((Headers)carrier!).TryGetLastBytes(name, out var bytes) && bytes is { Length: <= MaxLength } ? Encoding.UTF8.GetString(bytes) : null;
    }
}
