using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Lines;
using Serilog.Events;
using Serilog.Parsing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What the tests of the push need and do not care about.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A line with nothing but its message.</summary>
    public static readonly LineWriter Lines = (logEvent, output) =>
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("message", logEvent.MessageTemplate.Text);
        json.WriteEndObject();
    };

    public static LogEvent Event(string message, DateTimeOffset? at = null, params (string Name, object? Value)[] properties) => new(
        at ?? Time, LogEventLevel.Information, null, new MessageTemplate(message, [new TextToken(message)]), properties.Select(property => new LogEventProperty(property.Name, new ScalarValue(property.Value))),
        default, default);

    public static LogEvent Traced(string message, ActivityTraceId trace, ActivitySpanId span, DateTimeOffset? at = null) =>
        new(at ?? Time, LogEventLevel.Information, null, new MessageTemplate(message, [new TextToken(message)]), [], trace, span);

    public static LokiOptions Options(Action<LokiOptions>? set = null)
    {
        var options = new LokiOptions { BatchPeriod = TimeSpan.FromMilliseconds(20) };
        set?.Invoke(options);
        return options;
    }

    public static StreamLabels Labels(LokiOptions? options = null) => new("messaging-service", "colink", "messaging-0", (options ?? Options()).Labels, Written.Redactor());

    /// <summary>The line of <see cref="Lines"/>.</summary>
    public static string Line(string message) => $"{{\"message\":\"{message}\"}}";

    /// <summary>Each time the same, so that a back-off is known.</summary>
    public sealed class Draw(double value) : Random
    {
        public override double NextDouble() => value;
    }

    /// <summary>Stands still, at a distance from <see cref="Time"/>; also before it, where a fake clock only goes forward.</summary>
    public sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => Time + Ahead;
    }
}
