using BenchmarkDotNet.Attributes;
using CoLink.Observability.Benchmarks.Pipeline;
using Prometheus;

namespace CoLink.Observability.Benchmarks.Benchmarks;

/// <summary>An operation, counted and timed by its outcome, where nobody listens to its span and its log scope.</summary>
[MemoryDiagnoser]
public class OperationBenchmarks : IDisposable
{
    private readonly EqualOperations _operations = new();

    [Benchmark]
    public void CoLink() => EqualOperations.Run(_operations.Ours);

    [Benchmark]
    public void CoLinkLabelled() => EqualOperations.RunLabelled(_operations.Ours);

    [Benchmark(Baseline = true)]
    public void PrometheusNetByHand() => _operations.RunPeer();

    [Benchmark]
    public void CoLinkTimer() => _operations.Timer.Time().Dispose();

    [Benchmark]
    public void PrometheusNetTimer() => _operations.PeerTimer.NewTimer().Dispose();

    [GlobalCleanup]
    public void Dispose()
    {
        _operations.Dispose();
        GC.SuppressFinalize(this);
    }
}
