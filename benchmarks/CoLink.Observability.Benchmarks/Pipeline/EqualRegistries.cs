using System.Globalization;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace CoLink.Observability.Benchmarks.Pipeline;

/// <summary>The same counters in our registry and in one of prometheus-net's.</summary>
internal sealed class EqualRegistries
{
    private const string Name = "bench_requests_total";
    private const string Help = "Requests.";

    public EqualRegistries(int series, int limit = 1_000_000)
    {
        Registry = new MetricRegistry(new SeriesLimits(limit, new Dictionary<string, int>()), NullLogger.Instance);
        OurCounter = Registry.Counter(Name, Help, "method", "endpoint", "status");
        Collectors = Metrics.NewCustomRegistry();
        PeerCounter = Metrics.WithCustomRegistry(Collectors).CreateCounter(Name, Help, "method", "endpoint", "status");
        for (var i = 0; i < series; i++)
        {
            var endpoint = "/api/resource/" + i.ToString(CultureInfo.InvariantCulture);
            OurCounter.With("GET", endpoint, "200").Inc(i);
            PeerCounter.WithLabels("GET", endpoint, "200").Inc(i);
        }
    }

    public MetricRegistry Registry { get; }

    public CounterFamily OurCounter { get; }

    public CollectorRegistry Collectors { get; }

    public Counter PeerCounter { get; }

    public long WriteOurs(bool openMetrics)
    {
        using var output = new CountedNowhere();
        Registry.WriteAsync(output, openMetrics, CancellationToken.None).GetAwaiter().GetResult();
        return output.Length;
    }

    public long WritePeer(bool openMetrics)
    {
        using var output = new CountedNowhere();
        Collectors.CollectAndExportAsTextAsync(output, openMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, CancellationToken.None).GetAwaiter().GetResult();
        return output.Length;
    }

    private sealed class CountedNowhere : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _length += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            _length += count;
            return Task.CompletedTask;
        }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
