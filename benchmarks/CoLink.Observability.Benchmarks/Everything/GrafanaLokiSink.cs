using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Benchmarks.Everything;

/// <summary>
/// Stands in for Serilog.Sinks.Grafana.Loki, which is not in every package source, and does what its version 9 does: Serilog's own
/// batches with its defaults, a stream a level, entries in the order of their times, and a line of JSON with message, template, ids and
/// properties, written as UTF-8 into buffers that are used again, and posted as they are. Its version 8 makes objects and strings of
/// all that and costs more.
/// </summary>
internal sealed class GrafanaLokiSink(Uri loki, string app) : IBatchedLogEventSink, IDisposable
{
    /// <summary>Its defaults.</summary>
    public static readonly BatchingOptions Batching = new()
    {
        BatchSizeLimit = 1_000,
        BufferingTimeLimit = TimeSpan.FromSeconds(1),
        QueueLimit = 50_000,
        EagerlyEmitFirstEvent = true,
        RetryTimeLimit = TimeSpan.FromMinutes(10),
    };

    private readonly HttpClient _client = new();
    private readonly Uri _push = new(loki, "loki/api/v1/push");
    private readonly ArrayBufferWriter<byte> _body = new(1 << 20);
    private readonly ArrayBufferWriter<byte> _line = new(4_096);

    /// <summary>Room for a message in one piece.</summary>
    private readonly StringWriter _message = new(new StringBuilder(4_096), CultureInfo.InvariantCulture);

    public async Task EmitBatchAsync(IReadOnlyCollection<LogEvent> batch)
    {
        _body.ResetWrittenCount();
        Write(batch);
        using var content = new ReadOnlyMemoryContent(_body.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(_push, content);
        response.EnsureSuccessStatusCode();
    }

    public Task OnEmptyBatchAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _client.Dispose();
        _message.Dispose();
    }

    private void Write(IReadOnlyCollection<LogEvent> batch)
    {
        using var writer = new Utf8JsonWriter(_body);
        using var line = new Utf8JsonWriter(_line);
        Span<byte> digits = stackalloc byte[20];
        writer.WriteStartObject();
        writer.WriteStartArray("streams"u8);
        foreach (var stream in batch.GroupBy(one => one.Level))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("stream"u8);
            writer.WriteString("app"u8, app);
            writer.WriteString("level"u8, Level(stream.Key));
            writer.WriteEndObject();
            writer.WriteStartArray("values"u8);
            foreach (var one in stream.OrderBy(one => one.Timestamp))
            {
                _line.ResetWrittenCount();
                line.Reset();
                WriteLine(line, one);
                writer.WriteStartArray();
                ((one.Timestamp - DateTimeOffset.UnixEpoch).Ticks * 100).TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
                writer.WriteStringValue(digits[..length]);
                writer.WriteStringValue(_line.WrittenSpan);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteLine(Utf8JsonWriter line, LogEvent one)
    {
        line.WriteStartObject();
        var message = _message.GetStringBuilder().Clear();
        one.RenderMessage(_message, CultureInfo.InvariantCulture);
        var chunks = message.GetChunks().GetEnumerator();
        _ = chunks.MoveNext();
        line.WriteString("Message"u8, chunks.Current.Span);
        line.WriteString("MessageTemplate"u8, one.MessageTemplate.Text);
        if (one.TraceId is { } trace)
            line.WriteString("TraceId"u8, trace.ToHexString());
        if (one.SpanId is { } span)
            line.WriteString("SpanId"u8, span.ToHexString());
        foreach (var (name, value) in one.Properties)
        {
            line.WritePropertyName(name);
            WriteValue(line, value);
        }

        line.WriteEndObject();
        line.Flush();
    }

    private static void WriteValue(Utf8JsonWriter line, LogEventPropertyValue value)
    {
        switch ((value as ScalarValue)?.Value)
        {
            case int number:
                line.WriteNumberValue(number);
                break;
            case double number:
                line.WriteNumberValue(number);
                break;
            case string text:
                line.WriteStringValue(text);
                break;
            default:
                line.WriteStringValue(value.ToString());
                break;
        }
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warning",
        LogEventLevel.Error => "error",
        LogEventLevel.Fatal => "critical",
        LogEventLevel.Debug => "debug",
        LogEventLevel.Verbose => "trace",
        _ => throw new UnreachableException(),
    };
}
