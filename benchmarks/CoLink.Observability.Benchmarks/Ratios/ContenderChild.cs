using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The child's side: waits for a line with path and number of requests, answers with nanoseconds and bytes a request.</summary>
internal static class ContenderChild
{
    public const string Verb = "contender";

    /// <param name="args">Contender, whether sampled, series present.</param>
    public static int Run(string[] args)
    {
        using var pipeline = PipelineUnderTest.Start(Enum.Parse<Contender>(args[0]), bool.Parse(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture));
        while (Console.ReadLine() is { } line)
        {
            var separator = line.IndexOf(' ', StringComparison.Ordinal);
            var (path, requests) = (line[..separator], int.Parse(line.AsSpan(separator + 1), CultureInfo.InvariantCulture));
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            pipeline.Run(path, requests);
            var elapsed = Stopwatch.GetElapsedTime(started);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalNanoseconds / requests:F2} {(double)bytes / requests:F2}"));
        }

        return 0;
    }
}
