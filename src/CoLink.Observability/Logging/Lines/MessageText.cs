using System.Buffers;
using System.Text;
using CoLink.Observability.Logging.Redaction;
using Serilog.Events;
using Serilog.Parsing;

namespace CoLink.Observability.Logging.Lines;

/// <summary>The message of an event: its template with the values in it, and without what is hidden.</summary>
internal sealed class MessageText(Redactor redactor, JsonValues json, LineForm form)
{
    private readonly PlainValues _plain = new(redactor, form);

    public void Write(ref Utf8Line line, LogEvent logEvent, ref EventRedaction redaction)
    {
        var start = line.Length;
        line.Ceiling = start + LineLimits.TextBytes;

        // An array, though it is not said; a foreign template may be something else.
        if (logEvent.MessageTemplate.Tokens is MessageTemplateToken[] tokens)
        {
            foreach (var token in tokens)
                WriteToken(ref line, token, logEvent, ref redaction);
        }
        else
        {
            foreach (var token in logEvent.MessageTemplate.Tokens)
                WriteToken(ref line, token, logEvent, ref redaction);
        }

        line.Ceiling = int.MaxValue;
        LineText.Cut(ref line, start, form);
    }

    private void WriteToken(ref Utf8Line line, MessageTemplateToken token, LogEvent logEvent, ref EventRedaction redaction)
    {
        if (line.IsFull)
            return;
        if (token is not PropertyToken property)
            LineText.Write(ref line, LineText.Head(token is TextToken text ? text.Text : token.ToString()), form);
        else if (!logEvent.Properties.TryGetValue(property.PropertyName, out var value))
            LineText.Write(ref line, LineText.Head(property.ToString()), form);
        else
            WriteProperty(ref line, property, value, redaction.Of(property.PropertyName, redactor.Of(property.PropertyName)));
    }

    private void WriteProperty(ref Utf8Line line, PropertyToken property, LogEventPropertyValue value, NameTreatment treatment)
    {
        var start = line.Length;
        if (property.Format is not { } format)
            _plain.Write(ref line, value, treatment);
        else if (!IsStyle(format))
            _plain.Write(ref line, value, treatment, format);
        else if (format.Contains('j', StringComparison.Ordinal) && !(format.Contains('l', StringComparison.Ordinal) && value is ScalarValue { Value: string }))
            WriteJson(ref line, value, treatment);
        else
            _plain.Write(ref line, value, treatment);

        if (property.Alignment is { } alignment)
            Align(ref line, start, alignment);
    }

    /// <summary><c>l</c> is a text as it is, <c>j</c> a value as JSON, and no format of any value.</summary>
    private static bool IsStyle(string format) => format is "l" or "j" or "lj" or "jl";

    private void WriteJson(ref Utf8Line line, LogEventPropertyValue value, NameTreatment treatment)
    {
        var scratch = new Utf8Line(new ArrayBufferWriter<byte>()) { Ceiling = LineLimits.TextBytes };
        json.Write(ref scratch, value, treatment);
        LineText.Write(ref line, LineText.Head(Encoding.UTF8.GetString(scratch.Written)), form);
        scratch.Dispose();
    }

    private void Align(ref Utf8Line line, int start, Alignment alignment)
    {
        // A width is whatever the template says, and ends with the message.
        var blanks = Math.Min(alignment.Width, LineLimits.TextBytes + 1) - LineText.Width(line.Written[start..], form);
        if (blanks > 0)
            line.Indent(alignment.Direction == AlignmentDirection.Right ? start : line.Length, blanks);
    }
}
