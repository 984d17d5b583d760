using CoLink.Observability.Benchmarks.Everything;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// What a request costs with everything on, until all that is told of it has arrived: CPU of all threads and bytes allocated, over a
/// bare pipeline, beside the same by hand. Each is a process, and they take turns.
/// </summary>
internal static class EverythingRatios
{
    private const int Requests = 12_000;
    private const int WarmUps = 5;
    private const int Rounds = 9;
    private const int FewestRounds = 5;
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

    public static List<Row> Measure()
    {
        var setups = Comparisons.SelectMany(one => new[] { one.Ours, one.Theirs }).Prepend(Setup.Bare).Distinct().ToList();
        var processes = setups.ConvertAll(setup => new EverythingProcess(setup));
        var turns = setups.ConvertAll(_ => new List<Measurement>());
        for (var i = 0; i < WarmUps; i++)
        {
            processes.ForEach(process => process.Ask(Requests));
            processes.ForEach(process => process.Answer(Requests));
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < processes.Count; i++)
            {
                processes[i].Ask(Requests);
                if (processes[i].Answer(Requests) is { } turn)
                    turns[i].Add(turn);
            }
        }

        processes.ForEach(process => process.Dispose());
        if (turns.FindIndex(taken => taken.Count < FewestRounds) is >= 0 and var lost)
            throw new InvalidOperationException($"{setups[lost]} dropped spans in {Rounds - turns[lost].Count} of {Rounds} turns: the machine is too busy to measure.");
        Measurement Of(Setup setup) => Measurement.Median(turns[setups.IndexOf(setup)]);
        return [.. Comparisons.Select(one => Compare(one.Work, Of(one.Ours), Of(one.Theirs), Of(Setup.Bare), one.IsJudged))];
    }

    private static Row Compare(string work, Measurement ours, Measurement theirs, Measurement bare, bool isJudged)
    {
        var (added, peer) = (ours - bare, theirs - bare);
        var ratio = added.Nanoseconds / peer.Nanoseconds;
        return new Row(work, Row.Added(added), Row.Added(peer), Row.Cost(bare), ratio, isJudged ? "≤ 1/2" : "", isJudged ? ratio <= Budget : null);
    }

    private static Setup Ours(Signals signals, double ratio = 1) => new(Wiring.CoLink, signals, ratio);

    private static Setup Theirs(Signals signals, double ratio = 1) => new(Wiring.ByHand, signals, ratio);
}
