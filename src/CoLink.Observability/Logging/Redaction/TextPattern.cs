using System.Text.RegularExpressions;

namespace CoLink.Observability.Logging.Redaction;

/// <summary>
/// A regular expression for texts. To build one that does not backtrack is dear at a start, so the defaults, which are known to be
/// valid, are built once a process and by the first text that needs them; another is built at once, so that its failure shows where it is given.
/// </summary>
internal static class TextPattern
{
    private static readonly Lazy<Regex>[] Defaults = [.. LoggingOptions.DefaultRedactedPatterns.Select(pattern => new Lazy<Regex>(() => Build(pattern)))];

    public static bool IsDefault(string pattern) => LoggingOptions.DefaultRedactedPatterns.AsSpan().Contains(pattern);

    public static Lazy<Regex> Of(string pattern)
    {
        var index = Array.IndexOf(LoggingOptions.DefaultRedactedPatterns, pattern);
        return index < 0 ? new Lazy<Regex>(Build(pattern)) : Defaults[index];
    }

    public static Regex Build(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
