namespace CoLink.Observability.Logging.Lines;

/// <summary>How large a line and what stands in it may be, whatever is logged.</summary>
internal static class LineLimits
{
    /// <summary>What Loki takes as one line, 256 KiB, and not a byte more.</summary>
    public const int LineBytes = 262_144;

    /// <summary>
    /// A text as it stands in the line, escaped, its mark included. The texts that no line goes without are five: message, logger, and
    /// an exception's type, message and stack. Together they leave a third of the line.
    /// </summary>
    public const int TextBytes = 32 * 1024;

    /// <summary>Objects and lists in one another.</summary>
    public const int Depth = 10;

    /// <summary>Items of an object or a list.</summary>
    public const int Items = 1000;

    /// <summary>Stands where something was left out.</summary>
    public const string CutMark = "…[cut]";

    /// <summary>The mark's length in UTF-8.</summary>
    public const int CutMarkBytes = 8;
}
