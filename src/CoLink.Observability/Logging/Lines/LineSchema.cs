namespace CoLink.Observability.Logging.Lines;

/// <summary>The keys that mean something in every line.</summary>
internal static class LineSchema
{
    /// <summary>Where Serilog keeps the logger's name; the line has it as <c>logger</c>.</summary>
    public const string SourceContext = "SourceContext";

    /// <summary>The last three are what Loki's <c>json</c> makes of the error's own keys.</summary>
    private static readonly string[] Reserved =
        ["ts", "level", "message", "logger", "trace_id", "span_id", "error", "cut", "error_type", "error_message", "error_stack"];

    public static bool IsReserved(string name) => Array.IndexOf(Reserved, name) >= 0;
}
