using BenchmarkDotNet.Attributes;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Benchmarks;

/// <summary>Writing every series, against prometheus-net's own serializer.</summary>
[MemoryDiagnoser]
public class ScrapeBenchmarks
{
    private EqualRegistries _registries = null!;

    [Params(1_000, 10_000, 100_000)]
    public int Series { get; set; }

    [ParamsAllValues]
    public bool OpenMetrics { get; set; }

    [GlobalSetup]
    public void Fill() => _registries = new EqualRegistries(Series);

    [Benchmark]
    public long CoLink() => _registries.WriteOurs(OpenMetrics);

    [Benchmark(Baseline = true)]
    public long PrometheusNet() => _registries.WritePeer(OpenMetrics);
}
