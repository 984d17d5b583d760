using BenchmarkDotNet.Attributes;
using CoLink.Observability.Benchmarks.Sockets;

namespace CoLink.Observability.Benchmarks.Benchmarks;

/// <summary>A message on a real WebSocket over a stream in memory, counted and not.</summary>
[MemoryDiagnoser]
public class SocketBenchmarks
{
    private const int Messages = 1_000;

    private SocketLoop _socket = null!;

    [ParamsAllValues]
    public bool Counted { get; set; }

    [ParamsAllValues]
    public bool Waits { get; set; }

    [GlobalSetup]
    public void Start() => _socket = SocketLoop.OnStream(Waits, Counted);

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Send() => _socket.Send(Messages);

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Receive() => _socket.Receive(Messages);
}
