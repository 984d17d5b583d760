using System.Globalization;
using CoLink.Observability.Logging.Redaction;

namespace CoLink.Observability.Logging.Lines;

/// <summary>A scalar as a person reads it: what <c>string.Format</c> makes of it in the invariant culture.</summary>
internal static class ScalarText
{
    private const int Ordinary = 128;

    /// <summary>More of a byte array says nothing to anybody.</summary>
    private const int MostBytes = 1024;

    public static void Write(ref Utf8Line line, object value, string? format, LineForm form)
    {
        if (format is null && TryWriteKnown(ref line, value, form))
            return;
        try
        {
            WriteFormatted(ref line, value, format, form);
        }
        catch (Exception) when (format is not null)
        {
            // A format that its value does not know.
            Write(ref line, value, null, form);
        }
        catch (Exception exception)
        {
            LineText.WriteBounded(ref line, Unreadable(exception), form);
        }
    }

    /// <summary>Stands for a value that throws where it is read.</summary>
    public static string Unreadable(Exception exception) => $"[unreadable: {exception.GetType().Name}]";

    /// <summary>The text of a value in one piece, where it is needed to be looked at.</summary>
    public static string Of(object? value)
    {
        try
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }
        catch (Exception exception)
        {
            return Unreadable(exception);
        }
    }

    /// <summary>Whether a value's text is made by code of the app's, which may write what it likes.</summary>
    public static bool IsForeign(object value) => value is not (IConvertible or ISpanFormattable or byte[]);

    /// <summary>A text, of which a secret that is written in it may be left out.</summary>
    public static void WriteText(ref Utf8Line line, string text, Redactor redactor, LineForm form)
    {
        var secret = redactor.SecretIn(text);
        if (secret < 0)
        {
            LineText.WriteBounded(ref line, text, form);
            return;
        }

        var start = line.Length;
        LineText.Write(ref line, LineText.Head(text.AsSpan(0, secret)), form);
        LineText.Write(ref line, Redactor.Mark, form);
        LineText.Write(ref line, text.AsSpan(text.Length - 1), form);
        LineText.Cut(ref line, start, form);
    }

    /// <summary>The usual ones, without a string of their own; their plain forms need no escapes.</summary>
    private static bool TryWriteKnown(ref Utf8Line line, object value, LineForm form)
    {
        switch (value)
        {
            case string text:
                LineText.WriteBounded(ref line, text, form);
                return true;
            case int number:
                line.Format(number);
                return true;
            case long number:
                line.Format(number);
                return true;
            case double number:
                line.Number(number);
                return true;
            case bool truth:
                line.Raw(truth ? "True"u8 : "False"u8);
                return true;
            case decimal number:
                line.Format(number);
                return true;
            case Guid id:
                line.Format(id);
                return true;
            case TimeSpan time:
                line.Format(time);
                return true;
            case DateTime time:
                line.Format(time);
                return true;
            case DateTimeOffset time:
                line.Format(time);
                return true;
            default:
                return false;
        }
    }

    private static void WriteFormatted(ref Utf8Line line, object value, string? format, LineForm form)
    {
        switch (value)
        {
            case byte[] bytes:
                LineText.Write(ref line, Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, MostBytes))), form);
                if (bytes.Length > MostBytes)
                    LineText.Mark(ref line);
                return;
            case ISpanFormattable formattable:
                Span<char> text = stackalloc char[Ordinary];
                if (formattable.TryFormat(text, out var written, format, CultureInfo.InvariantCulture))
                {
                    LineText.Write(ref line, text[..written], form);
                    return;
                }

                break;
        }

        LineText.WriteBounded(ref line, value is IFormattable other ? other.ToString(format, CultureInfo.InvariantCulture) : value.ToString(), form);
    }
}
