using CoLink.Observability.Logging.Console;
using CoLink.Observability.Logging.Lines;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Redaction;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging;

/// <summary>Puts the roads together: lines and a sink for standard output, lines and a shipper for Loki.</summary>
internal static class Roads
{
    private const string LokiCategory = "CoLink.Observability.Logging.Loki";

    public static ConsoleRoad OpenConsole(ConsoleFormat format, RoadSetup setup)
    {
        var sink = new ConsoleSink(StandardOutput.Open(), format == ConsoleFormat.Json ? new JsonLines(RedactorOf(setup)).Write : new TextLines(RedactorOf(setup)).Write);
        return new ConsoleRoad(format, sink, () => sink.Written, () => sink.Dropped, () => Task.Run(sink.Dispose));
    }

    public static LokiRoad OpenLoki(RoadSetup setup)
    {
        var options = setup.Options.Loki;
        if (!LokiAddress.TryParse(options.Url!, out var address))
            throw new InvalidOperationException("The address of Loki is not valid.");
        var labels = new StreamLabels(setup.App, setup.Namespace, setup.Pod, options.Labels, RedactorOf(setup));
        var shipper = new LogShipper(address, options, labels, new JsonLines(RedactorOf(setup)).Write, setup.Time, Random.Shared, setup.Loggers.CreateLogger(LokiCategory));
        shipper.Start();
        return new LokiRoad(address.GetLeftPart(UriPartial.Path), shipper.Sink, shipper.Ledger, patience => EndAsync(shipper, patience ?? options.ShutdownTimeout))
        {
            OldestHeld = () => shipper.OldestHeld,
            WhyFailing = () => shipper.WhyFailing,
            LastSuccess = () => shipper.LastSuccess,
            OnPush = shipper.OnPush,
            Spool = shipper.Door is { } door ? new SpoolRoom(options.SpoolDirectory!, () => door.Spool?.Bytes ?? 0, door.MaxBytes) : null,
        };
    }

    private static async Task EndAsync(LogShipper shipper, TimeSpan bound)
    {
        await shipper.StopAsync(bound);
        await shipper.DisposeAsync();
    }

    private static Redactor RedactorOf(RoadSetup setup) => new(setup.Options.RedactedProperties!, setup.Options.RedactedPatterns!, setup.RedactPath);
}
