using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Lines;
using CoLink.Observability.Logging.Redaction;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Parsing;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace CoLink.Observability.Tests.Logging.Lines;

/// <summary>Events as a service makes them, and the lines that are made of them.</summary>
internal static class Written
{
    public const string Category = "CoLink.Users.Sessions";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static Redactor Redactor(Func<string, string>? redactPath = null) =>
        new(LoggingOptions.DefaultRedactedProperties, LoggingOptions.DefaultRedactedPatterns, redactPath);

    /// <summary>What comes of one call on the logger that every service has.</summary>
    public static LogEvent Event(Action<ILogger> log)
    {
        var sink = new CollectingSink();
        using var logger = new LoggerConfiguration().MinimumLevel.Verbose().Enrich.FromLogContext().WriteTo.Sink(sink).CreateLogger();
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new SerilogLoggerProvider(logger)));
        log(factory.CreateLogger(Category));
        return Assert.Single(sink.Events);
    }

    /// <summary>An event of which every part is chosen.</summary>
    public static LogEvent Event(string template, params (string Name, object? Value)[] properties) =>
        Event(LogEventLevel.Information, null, template, properties);

    public static LogEvent Event(LogEventLevel level, Exception? exception, string template, params (string Name, object? Value)[] properties) => new(
        new DateTimeOffset(2026, 11, 22, 14, 0, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567),
        level,
        exception,
        new MessageTemplateParser().Parse(template),
        properties.Select(property => new LogEventProperty(property.Name, property.Value as LogEventPropertyValue ?? new ScalarValue(property.Value))),
        ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c"),
        ActivitySpanId.CreateFromString("b7ad6b7169203331"));

    public static byte[] Bytes(LogEvent logEvent, LineWriter write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(logEvent, output);
        return output.WrittenSpan.ToArray();
    }

    public static string Json(LogEvent logEvent, Redactor? redactor = null) => Strict.GetString(Bytes(logEvent, new JsonLines(redactor ?? Redactor()).Write));

    public static string Text(LogEvent logEvent, Redactor? redactor = null) => Strict.GetString(Bytes(logEvent, new TextLines(redactor ?? Redactor()).Write));

    /// <summary>The line as a reader of JSON sees it. One that has a key twice, or a line's end, is none.</summary>
    public static JsonElement Read(LogEvent logEvent, Redactor? redactor = null) => Parse(Bytes(logEvent, new JsonLines(redactor ?? Redactor()).Write));

    public static JsonElement Parse(byte[] line)
    {
        Assert.InRange(line.Length, 2, LineLimits.LineBytes);
        Assert.DoesNotContain(line, one => one is < 0x20 or 0x7F);
        Strict.GetString(line);
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
        return document.RootElement.Clone();
    }

    public static string Message(LogEvent logEvent, Redactor? redactor = null) => Read(logEvent, redactor).GetProperty("message").GetString()!;

    private sealed class CollectingSink : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
