using System.Buffers;
using CoLink.Observability.Logging.Redaction;
using Serilog.Events;
using Serilog.Parsing;

namespace CoLink.Observability.Logging.Lines;

/// <summary>
/// An event for a person at a terminal: time, level, logger, message, then the properties that the message does not show. An
/// exception follows in lines of its own, all of them indented, so that no text in it can look like an event.
/// </summary>
internal sealed class TextLines
{
    private readonly JsonValues _values;
    private readonly MessageText _message;
    private readonly Redactor _redactor;

    public TextLines(Redactor redactor)
    {
        _redactor = redactor;
        _values = new JsonValues(redactor);
        _message = new MessageText(redactor, _values, LineForm.Text);
    }

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
            line.Dispose();
            line = new Utf8Line(output);
            WriteHead(ref line, logEvent);
            LineText.WriteBounded(ref line, $"{logEvent.MessageTemplate.Text} {ScalarText.Unreadable(exception)}", LineForm.Text);
            line.Complete();
        }
    }

    private void WriteAll(ref Utf8Line line, LogEvent logEvent)
    {
        var redaction = new EventRedaction(_redactor, logEvent);
        WriteHead(ref line, logEvent);
        _message.Write(ref line, logEvent, ref redaction);
        WriteProperties(ref line, logEvent, ref redaction);
        if (logEvent.TraceId is { } trace)
            WriteText(ref line, " trace_id="u8, trace.ToHexString());
        if (logEvent.Exception is { } exception)
            WriteException(ref line, exception);
    }

    private static void WriteHead(ref Utf8Line line, LogEvent logEvent)
    {
        // The wall clock of who wrote it, beside whom its reader sits.
        line.Format(logEvent.Timestamp, "HH:mm:ss.fff");
        line.Raw((byte)' ');
        var level = LineLevel.Of(logEvent.Level);
        line.Raw(level);
        line.Raw("      "u8[level.Length..]);
        if (logEvent.Properties.TryGetValue(LineSchema.SourceContext, out var context) && context is ScalarValue { Value: string logger })
        {
            WriteText(ref line, ""u8, logger);
            line.Raw(": "u8);
        }
    }

    private void WriteProperties(ref Utf8Line line, LogEvent logEvent, ref EventRedaction redaction)
    {
        line.Ceiling = LineLimits.LineBytes - LineLimits.TextBytes - 1024;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (name == LineSchema.SourceContext || IsShown(name, logEvent.MessageTemplate))
                continue;
            var before = line.Length;
            WriteText(ref line, " "u8, name);
            line.Raw((byte)'=');
            _values.Write(ref line, value, redaction.Of(name, _redactor.Of(name)));
            if (!line.IsFull)
                continue;
            line.Truncate(before);
            line.Raw((byte)' ');
            LineText.Mark(ref line);
            break;
        }

        line.Ceiling = int.MaxValue;
    }

    private static bool IsShown(string name, MessageTemplate template)
    {
        foreach (var token in template.Tokens)
        {
            if (token is PropertyToken property && property.PropertyName == name)
                return true;
        }

        return false;
    }

    private void WriteException(ref Utf8Line line, Exception exception)
    {
        var start = line.Length;
        foreach (var part in ExceptionText.Stack(exception, _redactor).AsSpan().EnumerateLines())
        {
            if (line.Length - start > LineLimits.TextBytes)
                break;
            line.Raw("\n      "u8);
            LineText.Write(ref line, LineText.Head(part), LineForm.Text);
        }

        LineText.Cut(ref line, start, LineForm.Text);
    }

    private static void WriteText(ref Utf8Line line, ReadOnlySpan<byte> before, string text)
    {
        line.Raw(before);
        LineText.WriteBounded(ref line, text, LineForm.Text);
    }
}
