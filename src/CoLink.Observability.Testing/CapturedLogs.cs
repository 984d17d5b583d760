using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Lines;
using CoLink.Observability.Logging.Redaction;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Testing;

/// <summary>The log events of one host, in the order in which they came.</summary>
public sealed class CapturedLogs
{
    private readonly ConcurrentQueue<CapturedLog> _events = new();

    internal CapturedLogs()
    {
    }

    /// <summary>Those until now.</summary>
    public IReadOnlyList<CapturedLog> All => [.. _events];

    /// <summary>Those of one trace.</summary>
    /// <param name="traceId">Its id.</param>
    public IReadOnlyList<CapturedLog> OfTrace(ActivityTraceId traceId) => [.. _events.Where(log => log.TraceId == traceId.ToHexString())];

    /// <summary>Waits for an event.</summary>
    /// <param name="isRight">Which one.</param>
    /// <exception cref="TelemetryAssertionException">None came within 10 seconds; the message lists those that did.</exception>
    public Task<CapturedLog> UntilAsync(Func<CapturedLog, bool> isRight) => Awaiting.FirstAsync(() => All, isRight, "log event", log => log.ToString());

    /// <summary>Stands where standard output would.</summary>
    internal ConsoleRoad Open(ConsoleFormat format, RoadSetup setup)
    {
        var sink = new Sink(this, new JsonLines(new Redactor(setup.Options.RedactedProperties!, setup.Options.RedactedPatterns!, setup.RedactPath)));
        return new ConsoleRoad(ConsoleFormat.Json, sink, () => _events.Count, static () => 0, static () => Task.CompletedTask);
    }

    private sealed class Sink(CapturedLogs logs, JsonLines lines) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            var line = new ArrayBufferWriter<byte>();
            lines.Write(logEvent, line);
            using var json = JsonDocument.Parse(line.WrittenMemory);
            logs._events.Enqueue(new CapturedLog(json.RootElement.Clone()));
        }
    }
}
