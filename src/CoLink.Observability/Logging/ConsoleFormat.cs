namespace CoLink.Observability.Logging;

/// <summary>What stands on standard output.</summary>
public enum ConsoleFormat
{
    /// <summary>One JSON object a line, the line that Loki gets.</summary>
    Json,

    /// <summary>Text for a person at a terminal.</summary>
    Text,

    /// <summary>Nothing of ours.</summary>
    None,
}
