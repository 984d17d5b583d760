using Serilog.Events;

namespace CoLink.Observability.Logging.Lines;

/// <summary>The names of levels, which are the same in every line.</summary>
internal static class LineLevel
{
    public static ReadOnlySpan<byte> Of(LogEventLevel level) => level switch
    {
        <= LogEventLevel.Verbose => "TRACE"u8,
        LogEventLevel.Debug => "DEBUG"u8,
        LogEventLevel.Information => "INFO"u8,
        LogEventLevel.Warning => "WARN"u8,
        LogEventLevel.Error => "ERROR"u8,
        _ => "FATAL"u8,
    };
}
