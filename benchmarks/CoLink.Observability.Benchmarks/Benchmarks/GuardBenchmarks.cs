using System.Globalization;
using BenchmarkDotNet.Attributes;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Benchmarks;

/// <summary>Finding a series by its label values and adding one.</summary>
[MemoryDiagnoser]
public class GuardBenchmarks
{
    private const int Strangers = 4_096;
    private readonly EqualRegistries _known = new(1_000);
    private readonly EqualRegistries _full = new(10, limit: 10);
    private readonly string[] _strangers = [.. Enumerable.Range(0, Strangers).Select(i => "/unknown/" + i.ToString(CultureInfo.InvariantCulture))];
    private int _next;

    [Benchmark]
    public void CoLinkKnown() => _known.OurCounter.With("GET", "/api/resource/500", "200").Inc();

    [Benchmark(Baseline = true)]
    public void PrometheusNetKnown() => _known.PeerCounter.WithLabels("GET", "/api/resource/500", "200").Inc();

    /// <summary>The value is beyond the cap and counts as <c>_other</c>.</summary>
    [Benchmark]
    public void CoLinkRefused() => _full.OurCounter.With("GET", _strangers[_next++ & (Strangers - 1)], "200").Inc();
}
