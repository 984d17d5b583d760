using System.Globalization;
using CoLink.Observability.Benchmarks.Ratios;

namespace CoLink.Observability.Benchmarks.Everything;

/// <summary>The child's side: waits for a line with a number of requests, answers with CPU of all threads and bytes allocated a request.</summary>
internal static class EverythingChild
{
    public const string Verb = "everything";

    /// <param name="args">Wiring, signals, ratio, the collector's address, Loki's.</param>
    public static int Run(string[] args)
    {
        var setup = new Setup(Enum.Parse<Wiring>(args[0]), Enum.Parse<Signals>(args[1]), double.Parse(args[2], CultureInfo.InvariantCulture));
        using var app = EverythingApp.Start(setup, new Uri(args[3]), new Uri(args[4]));
        while (Console.ReadLine() is { } requests)
            Console.WriteLine(Turn(app, int.Parse(requests, CultureInfo.InvariantCulture)).ToString());
        return 0;
    }

    private static Measurement Turn(EverythingApp app, int requests)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        app.Run(requests);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        return new Measurement(cpu.TotalNanoseconds / requests, (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / requests);
    }
}
