using System.Text.Json;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Redaction;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog.Events;
using Serilog.Parsing;

namespace CoLink.Observability.LogCrash;

/// <summary>A client that writes ahead and is fed without an end: it says how many of its events, in their order, have left the queue for a place that outlives it.</summary>
internal static class Shipping
{
    /// <param name="directory">The spool's.</param>
    /// <param name="address">Loki's.</param>
    /// <param name="run">Begins each message.</param>
    /// <param name="label">A label of the stream, to find it again.</param>
    public static async Task RunAsync(string directory, Uri address, string run, string? label = null)
    {
        var options = new LokiOptions { SpoolDirectory = directory, WriteAhead = true, BatchSize = 50, BatchPeriod = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromMilliseconds(200) };
        if (label is not null)
            options.Labels["run"] = label;
        var shipper = Shipper(address, options);
        shipper.Start();
        Console.WriteLine("started");
        var told = 0L;
        for (var number = 0; ; number++)
        {
            shipper.Sink.Emit(Event($"{run}{number}"));
            var balance = shipper.Ledger.Read();
            var safe = balance.Of(LogFate.Delivered) + balance.Spooled - balance.Adopted;
            if (safe > told)
                Console.WriteLine($"+{told = safe}");
            if (number % 20 == 19)
                await Task.Delay(1);
        }
    }

    public static LogShipper Shipper(Uri address, LokiOptions options) => new(
        address, options, new StreamLabels("messaging-service", "colink", "messaging-0", options.Labels, new Redactor([], [])), Write, TimeProvider.System, Random.Shared, NullLogger.Instance);

    public static LogEvent Event(string text) => new(TimeProvider.System.GetUtcNow(), LogEventLevel.Information, null, new MessageTemplate(text, [new TextToken(text)]), [], default, default);

    private static void Write(LogEvent logEvent, System.Buffers.IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("message", logEvent.MessageTemplate.Text);
        json.WriteEndObject();
    }
}
