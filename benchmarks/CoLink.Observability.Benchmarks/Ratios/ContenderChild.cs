using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The child's side: waits for a line with a path, takes its turn, answers with nanoseconds and bytes a request.</summary>
internal static class ContenderChild
{
    public const string Verb = "contender";

    /// <summary>A slice is shorter than what the scheduler gives another program, so some of a turn's slices are undisturbed.</summary>
    private const int Slices = 12;
    private const int RequestsASlice = 500;

    /// <param name="args">Contender, whether sampled, series present.</param>
    public static int Run(string[] args)
    {
        using var pipeline = PipelineUnderTest.Start(Enum.Parse<Contender>(args[0]), bool.Parse(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture));
        while (Console.ReadLine() is { } path)
            Console.WriteLine(Turn(pipeline, path).ToString());
        return 0;
    }

    /// <summary>Counts by its fastest slice: the machine can only add to what the work costs.</summary>
    private static Measurement Turn(PipelineUnderTest pipeline, string path)
    {
        var fastest = long.MaxValue;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var slice = 0; slice < Slices; slice++)
        {
            var started = Stopwatch.GetTimestamp();
            pipeline.Run(path, RequestsASlice);
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - started);
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return new Measurement(fastest * 1e9 / Stopwatch.Frequency / RequestsASlice, (double)bytes / (Slices * RequestsASlice));
    }
}
