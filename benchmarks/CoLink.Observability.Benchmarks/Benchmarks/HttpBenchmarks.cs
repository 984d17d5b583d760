using BenchmarkDotNet.Attributes;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Benchmarks;

/// <summary>A request through the whole hosting pipeline. Each case runs in a process of its own, as its contender demands.</summary>
[MemoryDiagnoser]
public class HttpBenchmarks
{
    private PipelineUnderTest _pipeline = null!;

    [ParamsAllValues]
    public Contender Contender { get; set; }

    [ParamsAllValues]
    public bool SampledSpan { get; set; }

    [GlobalSetup]
    public void Start() => _pipeline = PipelineUnderTest.Start(Contender, SampledSpan);

    [GlobalCleanup]
    public void Stop() => _pipeline.Dispose();

    [Benchmark]
    public void Synchronous() => _pipeline.Run(PipelineUnderTest.Sync, 1);

    [Benchmark]
    public void Awaiting() => _pipeline.Run(PipelineUnderTest.Async, 1);
}
