using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// What a request costs more than without anyone watching. Contenders take turns of a few milliseconds, so that a machine that gets
/// slower or faster does so for all.
/// </summary>
internal sealed class HttpRatios : IDisposable
{
    private const int WarmUps = 45;
    private static readonly string[] Paths = [PipelineUnderTest.Sync, PipelineUnderTest.Async];
    private static readonly int[] SeriesPresent = [10, 1_000, 100_000];

    private static readonly Setup Bare = new(Contender.Bare);
    private static readonly Setup Ours = new(Contender.CoLink);
    private static readonly Setup PrometheusNet = new(Contender.PrometheusNet);
    private static readonly Setup Lean = new(Contender.PrometheusNetLean);
    private static readonly Setup OpenTelemetry = new(Contender.OpenTelemetry);
    private static readonly Setup BareSampled = Bare with { Sampled = true };
    private static readonly Setup OursSampled = Ours with { Sampled = true };
    private static readonly Setup LeanSampled = Lean with { Sampled = true };
    private static readonly Setup OpenTelemetrySampled = OpenTelemetry with { Sampled = true };

    private readonly Dictionary<Setup, ContenderProcess> _processes = [];
    private readonly Dictionary<(Setup Setup, string Path), List<Measurement>> _turns = [];

    public HttpRatios()
    {
        Setup[] setups =
        [
            Bare, Ours, PrometheusNet, Lean, OpenTelemetry, BareSampled, OursSampled, LeanSampled, OpenTelemetrySampled,
            .. SeriesPresent.Select(series => Ours with { Series = series }),
        ];
        foreach (var setup in setups)
            _processes.Add(setup, new ContenderProcess(setup.Contender, setup.Sampled, setup.Series));
    }

    public IEnumerable<Row> Measure(TimeSpan duration)
    {
        WarmUp();
        var until = TimeProvider.System.GetTimestamp() + (long)(duration.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (TimeProvider.System.GetTimestamp() < until)
        {
            foreach (var path in Paths)
            {
                foreach (var (setup, process) in _processes)
                    Turns(setup, path).Add(process.Turn(path));
            }
        }

        return Rows();
    }

    public void Dispose()
    {
        foreach (var process in _processes.Values)
            process.Dispose();
    }

    /// <summary>All at once: the runtime optimizes in steps, each after a pause, and the other children's turns are the pause.</summary>
    private void WarmUp()
    {
        for (var i = 0; i < WarmUps; i++)
        {
            foreach (var path in Paths)
            {
                foreach (var process in _processes.Values)
                    process.Ask(path);
                foreach (var process in _processes.Values)
                    process.Answer();
            }
        }
    }

    private IEnumerable<Row> Rows()
    {
        yield return Overhead("request, synchronous; OpenTelemetry", PipelineUnderTest.Sync, Ours, OpenTelemetry, Bare, 1 / 3.0, "≤ 1/3, 0 B", 0);
        yield return Overhead("request, synchronous; prometheus-net lean", PipelineUnderTest.Sync, Ours, Lean, Bare, 1 / 8.0, "≤ 1/8, 0 B", 0);
        yield return Overhead("request, synchronous; prometheus-net", PipelineUnderTest.Sync, Ours, PrometheusNet, Bare);
        yield return Overhead("request, awaiting; OpenTelemetry", PipelineUnderTest.Async, Ours, OpenTelemetry, Bare, 1 / 3.0, "≤ 1/3");
        yield return Overhead("request, awaiting; prometheus-net lean", PipelineUnderTest.Async, Ours, Lean, Bare, 1 / 8.0, "≤ 1/8");
        yield return Overhead("request, awaiting; prometheus-net", PipelineUnderTest.Async, Ours, PrometheusNet, Bare);
        yield return Overhead("request in a sampled span, exemplars; OpenTelemetry, none", PipelineUnderTest.Sync, OursSampled, OpenTelemetrySampled, BareSampled, null, "0 B", 0);
        yield return Overhead("request in a sampled span, exemplars; prometheus-net lean", PipelineUnderTest.Sync, OursSampled, LeanSampled, BareSampled, null, "0 B", 0);
        var first = Ours with { Series = SeriesPresent[0] };
        foreach (var series in SeriesPresent)
            yield return Overhead($"request, {series:#,0} series present; ours at {first.Series}", PipelineUnderTest.Sync, Ours with { Series = series }, first, Bare, 1.15, "flat, 0 B", 0);
    }

    private Row Overhead(string work, string path, Setup ours, Setup peer, Setup bare, double? ratio = null, string budget = "", double? bytes = null)
    {
        var (mine, theirs) = (Added(path, ours, bare), Added(path, peer, bare));
        var measured = mine.Nanoseconds / theirs.Nanoseconds;
        bool? met = ratio is null && bytes is null ? null : (ratio is null || measured <= ratio) && (bytes is null || mine.Bytes <= bytes + 0.5);
        return new Row(work, Row.Added(mine), Row.Added(theirs), Row.Cost(Measurement.Median(Turns(bare, path))), measured, budget, met);
    }

    private Measurement Added(string path, Setup setup, Setup bare) =>
        Measurement.Median(Turns(setup, path)) - Measurement.Median(Turns(bare, path));

    private List<Measurement> Turns(Setup setup, string path)
    {
        if (!_turns.TryGetValue((setup, path), out var turns))
            _turns.Add((setup, path), turns = []);
        return turns;
    }

    private sealed record Setup(Contender Contender, bool Sampled = false, int Series = 0);
}
