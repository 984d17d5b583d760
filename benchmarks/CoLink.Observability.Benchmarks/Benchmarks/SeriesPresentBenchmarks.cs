using BenchmarkDotNet.Attributes;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Benchmarks;

/// <summary>The same request however many series the registry holds.</summary>
[MemoryDiagnoser]
public class SeriesPresentBenchmarks
{
    private PipelineUnderTest _pipeline = null!;

    [Params(10, 1_000, 100_000)]
    public int Series { get; set; }

    [GlobalSetup]
    public void Start() => _pipeline = PipelineUnderTest.Start(Contender.CoLink, series: Series);

    [GlobalCleanup]
    public void Stop() => _pipeline.Dispose();

    [Benchmark]
    public void Request() => _pipeline.Run(PipelineUnderTest.Sync, 1);
}
