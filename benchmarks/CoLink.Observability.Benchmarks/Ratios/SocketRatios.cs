using CoLink.Observability.Benchmarks.Sockets;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What counting adds to a WebSocket message, by the socket without us.</summary>
internal static class SocketRatios
{
    /// <summary>A turn is shorter than the scheduler's slice, so that the median has none in it that was interrupted.</summary>
    private const int Messages = 1_000;

    private const double Budget = 30;

    public static IEnumerable<Row> Measure() =>
    [
        .. Pair("in memory", completes: "at once", wrapped => SocketLoop.OnStream(waits: false, wrapped), sends: true),
        .. Pair("in memory", completes: "later", wrapped => SocketLoop.OnStream(waits: true, wrapped), sends: false),
        .. Pair("that does nothing", completes: "at once", wrapped => SocketLoop.Stub(waits: false, wrapped), sends: true),
        .. Pair("that does nothing", completes: "later", wrapped => SocketLoop.Stub(waits: true, wrapped), sends: true),
        .. Pair("of a hub that does nothing", completes: "at once", wrapped => SocketLoop.Stub(waits: false, wrapped, hub: true), sends: true, hasBudget: false),
    ];

    private static IEnumerable<Row> Pair(string socket, string completes, Func<bool, SocketLoop> make, bool sends, bool hasBudget = true)
    {
        var (ours, bare) = (make(true), make(false));
        if (sends)
            yield return Row("send", ours.Send, bare.Send);
        yield return Row("receive", ours.Receive, bare.Receive);

        Row Row(string what, Action<int> wrapped, Action<int> unwrapped)
        {
            var cost = LocalRounds.Measure(rounds: 501, warmUps: 40, Messages, () => wrapped(Messages), () => unwrapped(Messages));
            var added = cost[0] - cost[1];
            return new Row(
                $"WebSocket message, {what}, {completes}, socket {socket}", Ratios.Row.Added(added), "", Ratios.Row.Cost(cost[1]), null,
                hasBudget ? "≤ 30 ns, 0 B" : "0 B", added.Bytes < 0.5 && (!hasBudget || added.Nanoseconds <= Budget));
        }
    }
}
