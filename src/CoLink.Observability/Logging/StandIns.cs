using System.Buffers;
using System.Text;
using CoLink.Observability.Logging.Loki;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>Stand-ins for the formatter, the console and the client of Loki.</summary>
internal static class StandIns
{
    public static bool IsRedacted(IEnumerable<string> names, string name) => names.Any(redacted => name.Contains(redacted, StringComparison.OrdinalIgnoreCase));

    public static ConsoleRoad Console(ConsoleFormat format, RoadSetup setup, Stream output)
    {
        var sink = new StreamSink(output);
        return new ConsoleRoad(format, sink, () => sink.Written, () => 0, () => Task.CompletedTask);
    }

    public static LokiRoad Loki(RoadSetup setup)
    {
        var ledger = new LogLedger();
        return new LokiRoad(setup.Options.Loki.Url!, new LedgerSink(ledger), ledger, _ => Task.CompletedTask);
    }

    private sealed class StreamSink(Stream output) : ILogEventSink
    {
        private readonly Lock _gate = new();

        public long Written { get; private set; }

        public void Emit(LogEvent logEvent)
        {
            var text = new StringWriter();
            new Serilog.Formatting.Display.MessageTemplateTextFormatter("{Message:lj}").Format(logEvent, text);
            var level = logEvent.Level is LogEventLevel.Error or LogEventLevel.Fatal ? "ERROR" : "INFO";
            var line = Encoding.UTF8.GetBytes($"{{\"level\":\"{level}\",\"message\":\"{System.Text.Json.JsonEncodedText.Encode(text.ToString(), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"}}\n");
            lock (_gate)
            {
                output.Write(line);
                Written++;
            }
        }
    }

    private sealed class LedgerSink(LogLedger ledger) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => ledger.Emitted();
    }
}
