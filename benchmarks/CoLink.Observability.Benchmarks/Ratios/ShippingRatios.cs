using System.Diagnostics;
using System.Globalization;
using System.Net;
using CoLink.Observability.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// The whole way of an event of five properties, from the call to the answer of a receiver in this process, whose part is included:
/// CPU of all threads and bytes allocated an event, while Loki takes pushes, while it is down, and what a call costs while it hangs.
/// </summary>
internal static partial class ShippingRatios
{
    private const int Events = 100_000;
    private const int Together = 1_000;
    private const double CpuBudget = 4_000;
    private const double BytesBudget = 1_200;
    private const double CallAim = 10_000;

    public static IEnumerable<Row> Measure()
    {
        var directory = Directory.CreateTempSubdirectory("colink-spool-");
        using var receiver = Receiver(hangs: false);
        using var hanging = Receiver(hangs: true);
        var taken = Cost(AddressOf(receiver), null);
        yield return new Row(
            $"log event, from the call to Loki's answer ({(1e9 / taken.Nanoseconds).ToString("#,0", CultureInfo.InvariantCulture)} a second on one core)",
            Row.Cost(taken), "", "", null, "≤ 4,000 ns of CPU, 1,200 B", taken.Nanoseconds <= CpuBudget && taken.Bytes <= BytesBudget);
        yield return new Row("log event while Loki is down, to the spool", Row.Cost(Cost(new Uri("http://127.0.0.1:9"), directory.FullName)), "", "", null, "", null);
        var slowest = Percentile(AddressOf(hanging));
        yield return new Row("logging call while Loki hangs, 99.9th percentile", Row.Nanoseconds(slowest), "", "", null, "10,000 ns", slowest <= CallAim);
        directory.Delete(recursive: true);
    }

    private static Measurement Cost(Uri address, string? spool)
    {
        using var host = Start(address, spool);
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
        using var span = new Activity("request").Start();
        Log(logger, Events);
        var rounds = Enumerable.Range(0, 5).Select(_ =>
        {
            var bytes = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = Environment.CpuUsage.TotalTime;
            Log(logger, Events);
            return new Measurement((Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / Events, (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / Events);
        }).ToList();
        return Measurement.Median(rounds);
    }

    /// <summary>In portions, with a pause behind each in which they are carried on: fifty thousand a second at most.</summary>
    private static void Log(ILogger logger, int events)
    {
        for (var i = 0; i < events; i += Together)
        {
            for (var j = 0; j < Together; j++)
                Sent(logger, i + j, "general", "Ada", 12.5, true);
            Thread.Sleep(20);
        }
    }

    private static double Percentile(Uri address)
    {
        using var host = Start(address, null);
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
        using var span = new Activity("request").Start();
        var times = new double[Events];
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Events; i++)
            {
                var started = Stopwatch.GetTimestamp();
                Sent(logger, i, "general", "Ada", 12.5, true);
                times[i] = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
            }
        }

        Array.Sort(times);
        return times[(int)(Events * 0.999)];
    }

    private static IHost Start(Uri address, string? spool)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability(options =>
        {
            (options.Logging.Console, options.Tracing.Enabled, options.Runtime.Enabled) = (ConsoleFormat.None, false, false);
            (options.Logging.Loki.Url, options.Logging.Loki.SpoolDirectory, options.Logging.Loki.ShutdownTimeout) = (address.AbsoluteUri, spool, TimeSpan.FromMilliseconds(100));
        });
        var host = builder.Build();
        host.StartAsync().GetAwaiter().GetResult();
        return host;
    }

    private static WebApplicationOwner Receiver(bool hangs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            if (hangs)
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Response.StatusCode = 204;
        });
        app.StartAsync().GetAwaiter().GetResult();
        return new WebApplicationOwner(app);
    }

    private static Uri AddressOf(WebApplicationOwner receiver) => new(receiver.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    [LoggerMessage(1, LogLevel.Information, "Message {Id} to {Channel} by {Author} took {Elapsed} ms, delivered {Delivered}.")]
    private static partial void Sent(ILogger logger, int id, string channel, string author, double elapsed, bool delivered);

    private sealed class WebApplicationOwner(WebApplication app) : IDisposable
    {
        public WebApplication App => app;

        public void Dispose() => app.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
