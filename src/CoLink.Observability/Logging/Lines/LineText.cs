using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace CoLink.Observability.Logging.Lines;

/// <summary>What a text may do to the line it stands in.</summary>
internal enum LineForm
{
    /// <summary>It stands between the quotes of a JSON string.</summary>
    Json,

    /// <summary>A person reads it: quotes and backslashes stay as they are.</summary>
    Text,
}

/// <summary>
/// Text as it stands in a line: UTF-8, a character that could end the line, move the cursor or turn the direction of reading is
/// escaped, half a surrogate pair is U+FFFD.
/// </summary>
internal static class LineText
{
    private static readonly SearchValues<char> PlainInText = SearchValues.Create([.. Printable]);
    private static readonly SearchValues<char> PlainInJson = SearchValues.Create([.. Printable.Except("\"\\")]);

    private static IEnumerable<char> Printable => Enumerable.Range(' ', '~' - ' ' + 1).Select(one => (char)one);

    public static void Write(ref Utf8Line line, scoped ReadOnlySpan<char> text, LineForm form)
    {
        if (text.IndexOfAnyExcept(form == LineForm.Json ? PlainInJson : PlainInText) < 0)
            line.Ascii(text);
        else
            WriteEscaped(ref line, text, form);
    }

    /// <summary>The same, cut where it would be over <see cref="LineLimits.TextBytes"/>.</summary>
    public static void WriteBounded(ref Utf8Line line, scoped ReadOnlySpan<char> text, LineForm form)
    {
        var start = line.Length;
        Write(ref line, Head(text), form);
        Cut(ref line, start, form);
    }

    /// <summary>As much of a text as can matter: a character is a byte at least, and one byte too many tells that it is cut.</summary>
    public static ReadOnlySpan<char> Head(ReadOnlySpan<char> text) => text.Length > LineLimits.TextBytes ? text[..(LineLimits.TextBytes + 1)] : text;

    /// <summary>Cuts what was written since <paramref name="start"/> where it is too long, between two characters, and marks it.</summary>
    public static void Cut(ref Utf8Line line, int start, LineForm form)
    {
        if (line.Length - start <= LineLimits.TextBytes)
            return;
        var written = line.Written[start..];
        var kept = 0;
        for (var next = 0; next <= LineLimits.TextBytes - LineLimits.CutMarkBytes; next += UnitLength(written[next..], form))
            kept = next;
        line.Truncate(start + kept);
        Mark(ref line);
    }

    public static void Mark(ref Utf8Line line)
    {
        Utf8.FromUtf16(LineLimits.CutMark, line.Room(LineLimits.CutMarkBytes), out _, out var bytes);
        line.Advance(bytes);
    }

    /// <summary>How wide what was written is for a reader, in UTF-16 characters as a template counts them.</summary>
    public static int Width(ReadOnlySpan<byte> written, LineForm form)
    {
        var width = 0;
        while (!written.IsEmpty)
        {
            width += written[0] >= 0xF0 ? 2 : 1;
            written = written[UnitLength(written, form)..];
        }

        return width;
    }

    /// <summary>The bytes of the character or the escape that begins here.</summary>
    private static int UnitLength(ReadOnlySpan<byte> written, LineForm form) => written[0] switch
    {
        (byte)'\\' when form == LineForm.Json => written[1] == 'u' ? 6 : 2,
        < 0x80 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    private static void WriteEscaped(ref Utf8Line line, scoped ReadOnlySpan<char> text, LineForm form)
    {
        while (!text.IsEmpty)
        {
            var run = 0;
            while (run < text.Length && !NeedsEscape(text[run], form))
                run++;

            // Three bytes are the most that a UTF-16 character takes.
            Utf8.FromUtf16(text[..run], line.Room(run * 3), out _, out var bytes);
            line.Advance(bytes);
            if (run == text.Length)
                return;
            Escape(ref line, text[run]);
            text = text[(run + 1)..];
        }
    }

    private static bool NeedsEscape(char character, LineForm form) => character switch
    {
        < ' ' => true,
        '"' or '\\' => form == LineForm.Json,
        < '\x7F' => false,
        <= '\x9F' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        _ => false,
    };

    private static void Escape(ref Utf8Line line, char character)
    {
        line.Raw((byte)'\\');
        var letter = character switch
        {
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '"' or '\\' => character,
            _ => 'u',
        };
        line.Raw((byte)letter);
        if (letter == 'u')
            line.Format((int)character, "x4");
    }
}
