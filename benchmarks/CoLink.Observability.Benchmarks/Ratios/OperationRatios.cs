using CoLink.Observability.Benchmarks.Pipeline;
using Prometheus;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>One observation and its signals, against the same wired by hand with prometheus-net.</summary>
internal static class OperationRatios
{
    private const int Operations = 20_000;

    public static IEnumerable<Row> Measure()
    {
        using var equal = new EqualOperations();
        yield return Compare("operation, no span and no log; prometheus-net by hand", () => EqualOperations.Run(equal.Ours), equal.RunPeer, "≤ 100 ns, 0 B", 100);
        yield return Compare("operation with a label of its own, no span and no log; prometheus-net by hand", () => EqualOperations.RunLabelled(equal.Ours), equal.RunPeerLabelled, "0 B", double.PositiveInfinity);
        yield return Compare("timer; prometheus-net", () => equal.Timer.Time().Dispose(), () => equal.PeerTimer.NewTimer().Dispose(), "0 B", double.PositiveInfinity);
        yield return Compare("operation in a log scope; prometheus-net and the scope by hand", () => EqualOperations.Run(equal.OursLogged), equal.RunPeerLogged);
        using var listener = EqualOperations.Listen();
        yield return Compare("operation as a sampled span; prometheus-net and the span by hand", () => EqualOperations.Run(equal.Ours), equal.RunPeerInSpan);
    }

    /// <param name="work">What is measured.</param>
    /// <param name="ours">Once.</param>
    /// <param name="peer">Once.</param>
    /// <param name="budget">As the table shows it; without one the row is a price.</param>
    /// <param name="nanoseconds">The budget's time; its allocation is nothing.</param>
    private static Row Compare(string work, Action ours, Action peer, string budget = "", double nanoseconds = 0)
    {
        var cost = LocalRounds.Measure(rounds: 41, warmUps: 15, Operations, Repeat(ours), Repeat(peer));
        bool? met = budget.Length == 0 ? null : cost[0].Bytes < 0.5 && cost[0].Nanoseconds <= nanoseconds;
        return new Row(work, Row.Cost(cost[0]), Row.Cost(cost[1]), "", cost[0].Nanoseconds / cost[1].Nanoseconds, budget, met);
    }

    private static Action Repeat(Action once) => () =>
    {
        for (var i = 0; i < Operations; i++)
            once();
    };
}
