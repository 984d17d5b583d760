using System.Globalization;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Logging.Loki;

/// <summary>What Loki's text says about the entries it refused. docs/decisions/0018-what-a-push-is-made-of.md is about the others.</summary>
/// <param name="Reason">Why; where the text names several reasons, one of them.</param>
/// <param name="Counted">How many of how many; null where it does not say.</param>
internal readonly partial record struct PushRefusal(LogRefusal Reason, (int Ignored, int OutOf)? Counted)
{
    /// <summary>Whether the entries, being in the order of time, are refused up to one of them or from one of them on.</summary>
    public bool IsAboutTime => Reason is LogRefusal.TooOld or LogRefusal.TooNew;

    /// <summary>Whether the text is about an entry; otherwise it may be about the whole push.</summary>
    public bool IsAboutAnEntry => IsAboutTime || Reason == LogRefusal.TooLong;

    /// <summary>Whether the entries are older than their stream takes by now. Another stream may take them.</summary>
    public bool IsTooFarBehind { get; private init; }

    public static PushRefusal Parse(string text) => new(ReasonOf(text), CountOf(text)) { IsTooFarBehind = text.Contains("too far behind", StringComparison.Ordinal) || text.Contains("out of order", StringComparison.Ordinal) };

    private static LogRefusal ReasonOf(string text) =>
        text.Contains("timestamp too old", StringComparison.Ordinal) ? LogRefusal.TooOld
        : text.Contains("timestamp too new", StringComparison.Ordinal) ? LogRefusal.TooNew
        : text.Contains("Max entry size", StringComparison.OrdinalIgnoreCase) ? LogRefusal.TooLong
        : AboutLabels().IsMatch(text) ? LogRefusal.Labels
        : LogRefusal.Refused;

    private static (int Ignored, int OutOf)? CountOf(string text)
    {
        var match = Count().Match(text);
        return match.Success && int.TryParse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture, out var ignored) && int.TryParse(match.Groups["m"].ValueSpan, CultureInfo.InvariantCulture, out var outOf)
            ? (ignored, outOf) : null;
    }

    [GeneratedRegex("total ignored: (?<n>[0-9]+) out of (?<m>[0-9]+)")]
    private static partial Regex Count();

    [GeneratedRegex("label names; limit|label name too long|label value too long|duplicate label name|Error parsing labels|at least one label pair|missing required labels|couldn't parse labels")]
    private static partial Regex AboutLabels();
}
