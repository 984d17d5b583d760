using System.Globalization;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The label guard and the scrape against prometheus-net's own, on equal registries.</summary>
internal static class RegistryRatios
{
    private const int Operations = 20_000;
    private const int RefusedValues = 4_096;

    public static IEnumerable<Row> Measure() => [.. Guard(), .. Scrapes()];

    private static IEnumerable<Row> Guard()
    {
        var known = new EqualRegistries(1_000);
        var full = new EqualRegistries(10, limit: 10);
        var strangers = Enumerable.Range(0, RefusedValues).Select(i => "/unknown/" + i.ToString(CultureInfo.InvariantCulture)).ToArray();
        const string Endpoint = "/api/resource/500";

        var cost = LocalRounds.Measure(
            rounds: 41, warmUps: 15, Operations,
            () =>
            {
                for (var i = 0; i < Operations; i++)
                    known.OurCounter.With("GET", Endpoint, "200").Inc();
            },
            () =>
            {
                for (var i = 0; i < Operations; i++)
                    known.PeerCounter.WithLabels("GET", Endpoint, "200").Inc();
            },
            () =>
            {
                for (var i = 0; i < Operations; i++)
                    full.OurCounter.With("GET", strangers[i & (RefusedValues - 1)], "200").Inc();
            });
        yield return new Row("label guard, known series, 3 labels; prometheus-net", Row.Cost(cost[0]), Row.Cost(cost[1]), "", cost[0].Nanoseconds / cost[1].Nanoseconds, "0 B", cost[0].Bytes < 0.5);
        yield return new Row("label guard, value refused beyond the cap; known series", Row.Cost(cost[2]), Row.Cost(cost[0]), "", cost[2].Nanoseconds / cost[0].Nanoseconds, "0 B", cost[2].Bytes < 0.5);
    }

    private static IEnumerable<Row> Scrapes()
    {
        foreach (var series in (int[])[1_000, 10_000, 100_000])
        {
            var registries = new EqualRegistries(series);
            var rounds = series == 100_000 ? 9 : 21;
            foreach (var openMetrics in (bool[])[false, true])
            {
                var cost = LocalRounds.Measure(rounds, warmUps: 6, 1, () => registries.WriteOurs(openMetrics), () => registries.WritePeer(openMetrics));
                var ratio = cost[0].Nanoseconds / cost[1].Nanoseconds;
                yield return new Row(
                    $"scrape, {series:#,0} series, {(openMetrics ? "OpenMetrics" : "text")}; prometheus-net",
                    $"{Row.Milliseconds(cost[0].Nanoseconds)}, {Row.Bytes(cost[0].Bytes)}", $"{Row.Milliseconds(cost[1].Nanoseconds)}, {Row.Bytes(cost[1].Bytes)}", "",
                    ratio, series == 100_000 ? "≤ 1.1" : "", series == 100_000 ? ratio <= 1.1 : null);
            }
        }
    }
}
