using System.Diagnostics;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>Contenders that do not disturb each other take turns in this process.</summary>
internal static class LocalRounds
{
    /// <param name="rounds">How many turns each takes, besides the warm-up.</param>
    /// <param name="warmUps">Turns before the first that counts.</param>
    /// <param name="operations">How many operations a turn has.</param>
    /// <param name="turns">One turn of each contender.</param>
    public static Measurement[] Measure(int rounds, int warmUps, int operations, params Action[] turns) =>
        Measure(rounds, warmUps, operations, [.. turns.Select(turn => ((Func<IDisposable?>)(() => null), turn))]);

    /// <param name="rounds">How many turns each takes, besides the warm-up.</param>
    /// <param name="warmUps">Turns before the first that counts.</param>
    /// <param name="operations">How many operations a turn has.</param>
    /// <param name="turns">One turn of each contender, and what stands around it, unmeasured.</param>
    public static Measurement[] Measure(int rounds, int warmUps, int operations, params (Func<IDisposable?> Prepare, Action Run)[] turns)
    {
        var measured = turns.Select(_ => new List<Measurement>(rounds)).ToArray();
        for (var round = -warmUps; round < rounds; round++)
        {
            for (var contender = 0; contender < turns.Length; contender++)
            {
                using var prepared = turns[contender].Prepare();
                var bytes = GC.GetTotalAllocatedBytes(precise: true);
                var started = Stopwatch.GetTimestamp();
                turns[contender].Run();
                var elapsed = Stopwatch.GetElapsedTime(started);
                bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
                if (round >= 0)
                    measured[contender].Add(new Measurement(elapsed.TotalNanoseconds / operations, (double)bytes / operations));
            }

            // The runtime optimizes in the background, after a pause.
            if (round < 0)
                Thread.Sleep(20);
        }

        return [.. measured.Select(Measurement.Median)];
    }
}
