using System.Buffers;
using CoLink.Observability.Logging.Redaction;
using Serilog.Events;

namespace CoLink.Observability.Logging.Lines;

/// <summary>
/// An event as one JSON object, on standard output and for Loki. The keys of the schema come first; a property never stands in for
/// one of them. May be used by several threads at once.
/// </summary>
internal sealed class JsonLines
{
    private readonly JsonValues _values;
    private readonly MessageText _message;
    private readonly Redactor _redactor;

    public JsonLines(Redactor redactor)
    {
        _redactor = redactor;
        _values = new JsonValues(redactor);
        _message = new MessageText(redactor, _values, LineForm.Json);
    }

    /// <summary>What a line ends with that lost properties.</summary>
    private static ReadOnlySpan<byte> CutEnd => ",\"cut\":true}"u8;

    public void Write(LogEvent logEvent, IBufferWriter<byte> output)
    {
        var line = new Utf8Line(output);
        try
        {
            WriteAll(ref line, logEvent);
            line.Complete();
        }
        catch (Exception exception)
        {
            // Whatever an event may hold that is not what it should be, that it happened is told.
            line.Dispose();
            WriteRest(logEvent, exception, output);
        }
    }

    private void WriteAll(ref Utf8Line line, LogEvent logEvent)
    {
        var redaction = new EventRedaction(_redactor, logEvent);
        WriteHead(ref line, logEvent);
        line.Raw(",\"message\":\""u8);
        _message.Write(ref line, logEvent, ref redaction);
        line.Raw((byte)'"');
        if (logEvent.Properties.TryGetValue(LineSchema.SourceContext, out var context) && context is ScalarValue { Value: string logger })
            WriteText(ref line, ",\"logger\":\""u8, logger);
        if (logEvent.TraceId is { } trace)
            WriteText(ref line, ",\"trace_id\":\""u8, trace.ToHexString());
        if (logEvent.SpanId is { } span)
            WriteText(ref line, ",\"span_id\":\""u8, span.ToHexString());
        if (logEvent.Exception is { } exception)
            WriteError(ref line, exception);
        else if (logEvent.Level >= LogEventLevel.Error)
            line.Raw(",\"error\":{}"u8);
        WriteProperties(ref line, logEvent, ref redaction);
    }

    private static void WriteHead(ref Utf8Line line, LogEvent logEvent)
    {
        line.Raw("{\"ts\":\""u8);
        line.Format(logEvent.Timestamp.UtcDateTime, "O");
        line.Raw("\",\"level\":\""u8);
        line.Raw(LineLevel.Of(logEvent.Level));
        line.Raw((byte)'"');
    }

    private void WriteError(ref Utf8Line line, Exception exception)
    {
        WriteText(ref line, ",\"error\":{\"type\":\""u8, ExceptionText.Type(exception));
        WriteText(ref line, ",\"message\":\""u8, ExceptionText.Message(exception, _redactor));
        WriteText(ref line, ",\"stack\":\""u8, ExceptionText.Stack(exception, _redactor));
        line.Raw((byte)'}');
    }

    private void WriteProperties(ref Utf8Line line, LogEvent logEvent, ref EventRedaction redaction)
    {
        var keys = new LineKeys(_values, logEvent.Properties);
        var isCut = false;
        var whole = line.Length;
        line.Ceiling = LineLimits.LineBytes;

        // Only of the dictionary itself does an enumeration cost nothing.
        if (logEvent.Properties is Dictionary<string, LogEventPropertyValue> properties)
        {
            foreach (var (name, value) in properties)
                isCut |= !TryWriteProperty(ref line, ref keys, ref redaction, ref whole, name, value);
        }
        else
        {
            foreach (var (name, value) in logEvent.Properties)
                isCut |= !TryWriteProperty(ref line, ref keys, ref redaction, ref whole, name, value);
        }

        if (isCut)
            line.Truncate(whole);
        line.Raw(isCut ? CutEnd : "}"u8);
    }

    /// <param name="line">The line.</param>
    /// <param name="keys">The line's keys.</param>
    /// <param name="redaction">What is hidden.</param>
    /// <param name="whole">Where the line was last short enough to be ended with its mark.</param>
    /// <param name="name">The property's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False where there is no room for it; a smaller one may have.</returns>
    private bool TryWriteProperty(ref Utf8Line line, ref LineKeys keys, ref EventRedaction redaction, ref int whole, string name, LogEventPropertyValue value)
    {
        var known = _values.Name(name);
        if (known.IsSourceContext && value is ScalarValue { Value: string })
            return true;
        var before = line.Length;
        line.Raw((byte)',');
        keys.Write(ref line, name, known);
        _values.Write(ref line, value, redaction.Of(name, known.Treatment));
        if (line.Length >= LineLimits.LineBytes)
        {
            line.Truncate(before);
            return false;
        }

        if (line.Length <= LineLimits.LineBytes - CutEnd.Length)
            whole = line.Length;
        return true;
    }

    private static void WriteText(ref Utf8Line line, ReadOnlySpan<byte> key, string text)
    {
        line.Raw(key);
        LineText.WriteBounded(ref line, text, LineForm.Json);
        line.Raw((byte)'"');
    }

    private static void WriteRest(LogEvent logEvent, Exception exception, IBufferWriter<byte> output)
    {
        var line = new Utf8Line(output);
        WriteHead(ref line, logEvent);
        WriteText(ref line, ",\"message\":\""u8, logEvent.MessageTemplate.Text);
        WriteText(ref line, ",\"error\":{\"type\":\""u8, ExceptionText.Type(exception));
        line.Raw("}"u8);
        line.Raw(CutEnd);
        line.Complete();
    }
}
