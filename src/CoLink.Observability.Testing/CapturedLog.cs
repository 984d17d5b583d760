using System.Text.Json;

namespace CoLink.Observability.Testing;

/// <summary>A log event as the line it would be, redacted.</summary>
public sealed class CapturedLog
{
    internal CapturedLog(JsonElement json) => Json = json;

    /// <summary>The line's object; its keys are those of the schema, and the event's properties.</summary>
    public JsonElement Json { get; }

    /// <summary><c>TRACE</c>, <c>DEBUG</c>, <c>INFO</c>, <c>WARN</c>, <c>ERROR</c> or <c>FATAL</c>.</summary>
    public string Level => Text("level") ?? "";

    /// <summary>What it says.</summary>
    public string Message => Text("message") ?? "";

    /// <summary>The category of the logger.</summary>
    public string Logger => Text("logger") ?? "";

    /// <summary>The trace that it was logged in, 32 hexadecimal digits; null outside of one.</summary>
    public string? TraceId => Text("trace_id");

    /// <summary>The span that it was logged in, 16 hexadecimal digits; null outside of one.</summary>
    public string? SpanId => Text("span_id");

    /// <summary>A property's text or number; null where there is none.</summary>
    /// <param name="name">Its key in the line.</param>
    public string? Text(string name) => !Json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    /// <summary>The line.</summary>
    public override string ToString() => Json.GetRawText();
}
