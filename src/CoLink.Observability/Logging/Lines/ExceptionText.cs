using System.Text;
using CoLink.Observability.Logging.Redaction;

namespace CoLink.Observability.Logging.Lines;

/// <summary>What an exception says, though it may throw where it is asked.</summary>
internal static class ExceptionText
{
    /// <summary>Twice what a line shows, so that what patterns leave out does not shorten it; no more of a huge one is searched.</summary>
    private const int MostSearched = 2 * LineLimits.TextBytes;

    private const int MostInner = 20;

    public static string Type(Exception exception) => exception.GetType().FullName ?? exception.GetType().Name;

    public static string Message(Exception exception, Redactor redactor) => Read(() => exception.Message, redactor) ?? "";

    /// <summary>Messages and stacks of the exception and of those inside it.</summary>
    public static string Stack(Exception exception, Redactor redactor) =>
        redactor.Text(Head(Safe(exception.ToString, out var failed) is { } text && !failed ? text : Assembled(exception)));

    private static string? Read(Func<string?> read, Redactor redactor) => Safe(read, out _) is { } text ? redactor.Text(Head(text)) : null;

    private static string? Safe(Func<string?> read, out bool failed)
    {
        failed = false;
        try
        {
            return read();
        }
        catch (Exception exception)
        {
            failed = true;
            return ScalarText.Unreadable(exception);
        }
    }

    private static string Assembled(Exception exception)
    {
        var text = new StringBuilder();
        var current = exception;
        for (var i = 0; i < MostInner && current is not null; i++)
        {
            var (shown, prefix) = (current, i == 0 ? "" : " ---> ");
            text.Append(prefix).Append(Type(shown)).Append(": ").AppendLine(Safe(() => shown.Message, out _));
            text.AppendLine(Safe(() => shown.StackTrace, out _));
            current = current.InnerException;
        }

        return text.ToString().TrimEnd();
    }

    private static string Head(string text) => text.Length > MostSearched ? text[..MostSearched] : text;
}
