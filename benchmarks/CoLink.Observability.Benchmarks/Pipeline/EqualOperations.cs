using System.Diagnostics;
using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace CoLink.Observability.Benchmarks.Pipeline;

/// <summary>The same operation, counted and timed by its outcome: ours, and by hand with prometheus-net as its README has it.</summary>
internal sealed class EqualOperations : IDisposable
{
    public const string Source = "CoLink.Observability";

    private readonly Counter _count;
    private readonly Histogram _duration;
    private readonly Counter _labelledCount;
    private readonly Histogram _labelledDuration;
    private readonly ActivitySource _source = new(Source);
    private readonly LoggerFactory _loggers = new([new Scoped()]);
    private readonly ILogger _logger;

    public EqualOperations()
    {
        Ours = New(NullLogger<Operations>.Instance);
        OursLogged = New(_loggers.CreateLogger<Operations>());
        Timer = new MetricRegistry(SeriesLimits.Default, NullLogger.Instance).Histogram("bench_seconds", "Time.", Buckets.RequestSeconds).With();

        var factory = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
        var buckets = new HistogramConfiguration { Buckets = [.. Buckets.RequestSeconds] };
        _count = factory.CreateCounter("bench_operations_total", "Operations.", "operation", "outcome");
        _duration = factory.CreateHistogram("bench_operation_duration_seconds", "Duration.", ["operation", "outcome"], buckets);
        _labelledCount = factory.CreateCounter("bench_checkout_operations_total", "Operations.", "plan", "outcome");
        _labelledDuration = factory.CreateHistogram("bench_checkout_operation_duration_seconds", "Duration.", ["plan", "outcome"], buckets);
        PeerTimer = factory.CreateHistogram("bench_seconds", "Time.", buckets);
        _logger = _loggers.CreateLogger("peer");
    }

    public Operations Ours { get; }

    public Operations OursLogged { get; }

    public HistogramSeries Timer { get; }

    public Histogram PeerTimer { get; }

    public static void Run(Operations operations)
    {
        using var operation = operations.Start("refund");
        operation.Complete();
    }

    public static void RunLabelled(Operations operations)
    {
        using var operation = operations.Start("checkout");
        operation.Set("plan", "pro");
        operation.Complete();
    }

    public void RunPeer()
    {
        var started = Stopwatch.GetTimestamp();
        End("refund", started);
    }

    public void RunPeerLabelled()
    {
        var started = Stopwatch.GetTimestamp();
        End("checkout", started);
        _labelledCount.WithLabels("pro", "success").Inc();
        _labelledDuration.WithLabels("pro", "success").Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public void RunPeerInSpan()
    {
        using var span = _source.StartActivity("refund");
        var started = Stopwatch.GetTimestamp();
        End("refund", started);
        span?.SetTag("outcome", "success");
    }

    public void RunPeerLogged()
    {
        using var scope = _logger.BeginScope(new Dictionary<string, object?> { ["operation"] = "refund" });
        var started = Stopwatch.GetTimestamp();
        End("refund", started);
    }

    public static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    public void Dispose()
    {
        ((IDisposable)Ours).Dispose();
        ((IDisposable)OursLogged).Dispose();
        _source.Dispose();
        _loggers.Dispose();
    }

    private static Operations New(ILogger<Operations> logger)
    {
        var operations = new Operations(new MetricRegistry(SeriesLimits.Default, NullLogger.Instance), logger, TimeProvider.System);
        operations.Declare("refund");
        operations.Declare("checkout", MetricLabel.OneOf("plan", "free", "pro"));
        return operations;
    }

    private void End(string operation, long started)
    {
        _count.WithLabels(operation, "success").Inc();
        _duration.WithLabels(operation, "success").Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>A provider of logs that keeps scopes and writes nothing.</summary>
    private sealed class Scoped : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
