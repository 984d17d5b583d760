using System.Diagnostics;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Logging.Requests;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What making an event costs the thread that logs, in a request's scope and span, up to a sink that does nothing; beside Serilog's own provider.</summary>
internal static partial class RequestLogRatios
{
    private const int Events = 10_000;
    private const double LineBudget = 2_000;
    private const double LineBytes = 800;

    /// <summary>As hosting and Kestrel have them.</summary>
    private static readonly KeyValuePair<string, object?>[] Scope = [new("ConnectionId", "0HNA1B2C3D4E5"), new("RequestId", "0HNA1B2C3D4E5:00000001"), new("RequestPath", "/api/messages/7")];

    public static IEnumerable<Row> Measure()
    {
        using var span = new Activity("request").Start();
        using var ours = Loggers(new LogProvider(Pipeline()));
        using var theirs = Loggers(new SerilogLoggerProvider(new LoggerConfiguration().MinimumLevel.Verbose().Enrich.FromLogContext().WriteTo.Sink(new Nowhere()).CreateLogger()));
        var (own, peer) = (ours.CreateLogger(RequestLog.Category), theirs.CreateLogger(RequestLog.Category));
        using var ownScope = own.BeginScope(Scope);
        using var peerScope = peer.BeginScope(Scope);
        var (line, peerLine) = (new RequestLog(own, new PathRedaction(_ => false)), new RequestLog(peer, new PathRedaction(_ => false)));
        var request = new FinishedRequest(0, new HttpRoute("/api/messages/{id}"), null, "/api/messages/7", 200, 0.0123456, IsUpgraded: false);

        yield return Compare("a request's log line, up to the sink; Serilog's provider", () => line.Write(request), () => peerLine.Write(request), $"≤ {Row.Nanoseconds(LineBudget)}, {Row.Bytes(LineBytes)}", isLine: true);
        yield return Compare("a log event of five properties, up to the sink; Serilog's provider", () => Sent(own, 17, "general", "Ada", 12.5, true), () => Sent(peer, 17, "general", "Ada", 12.5, true));
        yield return Compare("a log event whose level is off; Serilog's provider", () => Traced(own, 17), () => Traced(peer, 17));
    }

    private static LogPipeline Pipeline()
    {
        var pipeline = new LogPipeline(() => new LogRoads(new ConsoleRoad(ConsoleFormat.Json, new Nowhere(), () => 0, () => 0, () => Task.CompletedTask), null, TimeProvider.System));
        pipeline.OpenAsync().GetAwaiter().GetResult();
        return pipeline;
    }

    private static ILoggerFactory Loggers(ILoggerProvider provider) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Information)
        .Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.SpanId | ActivityTrackingOptions.TraceId | ActivityTrackingOptions.ParentId)
        .AddProvider(provider));

    private static Row Compare(string work, Action ours, Action peer, string budget = "", bool isLine = false)
    {
        var cost = LocalRounds.Measure(rounds: 41, warmUps: 15, Events, Repeat(ours), Repeat(peer));
        bool? met = isLine ? cost[0].Nanoseconds <= LineBudget && cost[0].Bytes <= LineBytes : null;
        return new Row(work, Row.Cost(cost[0]), Row.Cost(cost[1]), "", cost[0].Nanoseconds / cost[1].Nanoseconds, budget, met);
    }

    private static Action Repeat(Action once) => () =>
    {
        for (var i = 0; i < Events; i++)
            once();
    };

    [LoggerMessage(1, LogLevel.Information, "Message {Id} to {Channel} by {Author} took {Elapsed} ms, delivered {Delivered}.")]
    private static partial void Sent(ILogger logger, int id, string channel, string author, double elapsed, bool delivered);

    [LoggerMessage(2, LogLevel.Trace, "Message {Id}.")]
    private static partial void Traced(ILogger logger, int id);

    private sealed class Nowhere : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
        }
    }
}
