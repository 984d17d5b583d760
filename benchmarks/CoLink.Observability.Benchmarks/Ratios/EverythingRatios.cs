using CoLink.Observability.Benchmarks.Everything;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// What a request costs with everything on, until all that is told of it has arrived: CPU of all threads and bytes allocated, over a
/// bare pipeline, beside the same by hand. Each is a process, those that are compared take turns, and others are not there meanwhile.
/// Generations of such processes follow each other: what the compiler makes of a profile and where the memory lies stays as it is for
/// a process's life, and may favour either side.
/// </summary>
internal static class EverythingRatios
{
    private const int Requests = 12_000;
    private const int WarmUps = 5;
    private const int Generations = 3;
    private const int Turns = 5;
    private const int MostAttempts = 5;
    private const double Budget = 0.5;

    private static readonly (string Work, Setup Ours, Setup Theirs, bool IsJudged)[] Comparisons =
    [
        ("request, everything on, every span exported; by hand", Ours(Signals.All), Theirs(Signals.All), true),
        ("request, everything on, no span sampled; by hand", Ours(Signals.All, 0), Theirs(Signals.All, 0), true),
        ("request, everything on, every span exported; by hand, prometheus-net lean", Ours(Signals.All), Theirs(Signals.All) with { Wiring = Wiring.ByHandLean }, false),
        ("request, metrics alone; prometheus-net", Ours(Signals.Metrics), Theirs(Signals.Metrics), false),
        ("request, every span exported, alone; OpenTelemetry", Ours(Signals.Traces), Theirs(Signals.Traces), false),
        ("request, its log line alone; Serilog", Ours(Signals.Logs), Theirs(Signals.Logs), false),
    ];

    public static List<Row> Measure() => [.. Comparisons.GroupBy(one => one.Ours).SelectMany(together =>
    {
        var setups = together.SelectMany(one => new[] { one.Ours, one.Theirs }).Prepend(Setup.Bare).Distinct().ToList();
        var generations = Enumerable.Range(0, Generations).Select(_ => Generation(setups)).ToList();
        return together.Select(one => Compare(one, generations));
    })];

    private static Dictionary<Setup, Measurement> Generation(List<Setup> setups)
    {
        var processes = setups.ConvertAll(setup => new EverythingProcess(setup));
        for (var i = 0; i < WarmUps; i++)
        {
            processes.ForEach(process => process.Ask(Requests));
            processes.ForEach(process => process.Answer(Requests));
        }

        // Warming up beside each other they were short of a processor: the first turn alone still compiles, and does not count.
        var turns = setups.ConvertAll(_ => new List<Measurement>());
        for (var turn = 0; turn <= Turns; turn++)
        {
            for (var i = 0; i < processes.Count; i++)
            {
                var taken = Turn(setups[i], processes[i]);
                if (turn > 0)
                    turns[i].Add(taken);
            }
        }

        processes.ForEach(process => process.Dispose());
        return setups.Zip(turns, (setup, taken) => (setup, Measurement.Median(taken))).ToDictionary();
    }

    /// <summary>Again where spans were dropped.</summary>
    private static Measurement Turn(Setup setup, EverythingProcess process)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            process.Ask(Requests);
            if (process.Answer(Requests) is { } turn)
                return turn;
        }

        throw new InvalidOperationException($"{setup} dropped spans in {MostAttempts} turns: the machine is too busy to measure.");
    }

    /// <summary>Each generation has its own ratio, of processes that ran beside each other: a machine changes its speed in the minutes between two.</summary>
    private static Row Compare((string Work, Setup Ours, Setup Theirs, bool IsJudged) one, List<Dictionary<Setup, Measurement>> generations)
    {
        var bare = Measurement.Median(generations.ConvertAll(taken => taken[Setup.Bare]));
        var ours = generations.ConvertAll(taken => taken[one.Ours] - taken[Setup.Bare]);
        var theirs = generations.ConvertAll(taken => taken[one.Theirs] - taken[Setup.Bare]);
        var ratio = Measurement.Median(ours.Zip(theirs, (our, their) => our.Nanoseconds / their.Nanoseconds));
        var (added, peer) = (Measurement.Median(ours), Measurement.Median(theirs));
        return new Row(one.Work, Row.Added(added), Row.Added(peer), Row.Cost(bare), ratio, one.IsJudged ? "≤ 1/2" : "", one.IsJudged ? ratio <= Budget : null);
    }

    private static Setup Ours(Signals signals, double ratio = 1) => new(Wiring.CoLink, signals, ratio);

    private static Setup Theirs(Signals signals, double ratio = 1) => new(Wiring.ByHand, signals, ratio);
}
