using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The child's side: waits for a line with a path, takes its turn, answers with nanoseconds and bytes a request.</summary>
internal static class ContenderChild
{
    public const string Verb = "contender";

    /// <summary>Some milliseconds, and several collections of garbage for whoever makes any: that is part of what it costs.</summary>
    private const int RequestsATurn = 6_000;

    /// <param name="args">Contender, whether sampled, series present.</param>
    public static int Run(string[] args)
    {
        using var pipeline = PipelineUnderTest.Start(Enum.Parse<Contender>(args[0]), bool.Parse(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture));
        while (Console.ReadLine() is { } path)
            Console.WriteLine(Turn(pipeline, path).ToString());
        return 0;
    }

    private static Measurement Turn(PipelineUnderTest pipeline, string path)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        pipeline.Run(path, RequestsATurn);
        var elapsed = Stopwatch.GetElapsedTime(started);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return new Measurement(elapsed.TotalNanoseconds / RequestsATurn, (double)bytes / RequestsATurn);
    }
}
