using System.Collections.Concurrent;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Business;

/// <summary>
/// One observation, two signals: an operation of the service's own is counted and timed by its outcome, and is a span and a log scope
/// where somebody listens to those. Declare it once, start it each time.
/// </summary>
/// <remarks>Spans come from the source <c>CoLink.Observability</c>.</remarks>
public sealed class Operations : IDisposable
{
    private readonly MetricRegistry _registry;
    private readonly ILogger _logger;
    private readonly OperationSignals _signals;
    private readonly CounterFamily _counts;
    private readonly HistogramFamily _durations;
    private readonly ConcurrentDictionary<string, OperationSeries> _byName = new(StringComparer.Ordinal);
    private readonly Lock _admission = new();
    private OperationSeries? _other;
    private int _warnedOfName;

    internal Operations(MetricRegistry registry, ILogger<Operations> logger, TimeProvider time)
    {
        _registry = registry;
        _logger = logger;
        _signals = new OperationSignals(registry, logger, time);
        _counts = registry.Counter(BusinessCatalogue.Operations);
        _durations = registry.Histogram(BusinessCatalogue.OperationDuration);
    }

    /// <summary>
    /// Declares an operation, so that its success and its failure exist at 0 before the first. With labels it is also counted and timed
    /// by them, in <c>{name}_operations_total</c> and <c>{name}_operation_duration_seconds</c>; a label that an operation does not
    /// set reads <c>unset</c>.
    /// </summary>
    /// <param name="name">Its name in snake case, such as <c>checkout</c>.</param>
    /// <param name="labels">Labels of its own, such as <c>MetricLabel.OneOf("plan", "free", "pro")</c>; <c>operation</c> and <c>outcome</c> it has anyway.</param>
    /// <exception cref="ArgumentException">The name, or a label, breaks a rule or is taken, or the operation was declared with other labels.</exception>
    public void Declare(string name, params ReadOnlySpan<MetricLabel> labels)
    {
        if (!MetricNames.IsSnakeCase(name))
            throw new ArgumentException($"Operation '{name}' is not a valid name: {MetricNames.SnakeCase}.", nameof(name));
        lock (_admission)
        {
            if (_byName.TryGetValue(name, out var known) && known.IsDeclared)
                known.MustHave(labels);
            else
                _byName[name] = OperationSeries.Declared(name, labels, _registry, _counts, _durations, _signals);
        }
    }

    /// <summary>
    /// Starts an operation; dispose it where it ends, as in <c>using var operation = operations.Start("checkout");</c>. It never throws.
    /// </summary>
    /// <param name="name">Its name. One that is not in snake case, or comes beyond the cap of the metric, is recorded as <c>_other</c>.</param>
    public Operation Start(string name) => Begin(name, isLinked: false);

    /// <summary>Does the work as an operation. It is a success where the work returns without having called <see cref="Operation.Fail"/>; an exception is a failure, stands on the span, and goes on to the caller.</summary>
    /// <param name="name">Its name, as for <see cref="Start"/>.</param>
    /// <param name="work">What to do; it is given the operation, to say more about it.</param>
    public async Task RunAsync(string name, Func<Operation, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var operation = Start(name);
        try
        {
            await work(operation);
            operation.Complete();
        }
        catch (Exception exception) when (Failed(operation, exception))
        {
            throw;
        }
    }

    /// <summary>The same for work that has a result.</summary>
    /// <param name="name">Its name, as for <see cref="Start"/>.</param>
    /// <param name="work">What to do; it is given the operation, to say more about it.</param>
    /// <returns>What the work returned.</returns>
    public async Task<T> RunAsync<T>(string name, Func<Operation, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var operation = Start(name);
        try
        {
            var result = await work(operation);
            operation.Complete();
            return result;
        }
        catch (Exception exception) when (Failed(operation, exception))
        {
            throw;
        }
    }

    /// <summary>
    /// Does the work as an operation whose span begins a trace of its own and links to the current one. For a message of a WebSocket,
    /// whose own span ended with its handshake, and for work that outlives the request which began it: with one trace for all of it
    /// a trace would never be whole, and a sampler would keep or drop all of it together.
    /// </summary>
    /// <param name="name">Its name, as for <see cref="Start"/>.</param>
    /// <param name="work">What to do; it is given the operation, to say more about it. Success and failure are as for <see cref="RunAsync"/>.</param>
    public async Task RunLinkedAsync(string name, Func<Operation, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var operation = Begin(name, isLinked: true);
        try
        {
            await work(operation);
            operation.Complete();
        }
        catch (Exception exception) when (Failed(operation, exception))
        {
            throw;
        }
    }

    /// <summary>The container's, not the service's, to call.</summary>
    void IDisposable.Dispose() => _signals.Dispose();

    /// <summary>Always false, so that nothing is caught: a rethrow would be a second exception to whoever counts them.</summary>
    private static bool Failed(Operation operation, Exception exception)
    {
        operation.Fail(exception);
        return false;
    }

    private Operation Begin(string name, bool isLinked)
    {
        try
        {
            return Find(name).Take().Begin(name, isLinked);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Business, exception);
            return default;
        }
    }

    private OperationSeries Find(string name) => name is not null && _byName.TryGetValue(name, out var series) ? series : Admit(name);

    /// <summary>It begins with the first refused name: a service that names its operations well has no series of it.</summary>
    private OperationSeries Other()
    {
        lock (_admission)
            return _other ??= new OperationSeries(LabelValues.Other, _counts, _durations, _signals);
    }

    private OperationSeries Admit(string? name)
    {
        if (!MetricNames.IsSnakeCase(name) || name.Length > LabelValues.MaxLength)
        {
            if (Interlocked.Exchange(ref _warnedOfName, 1) == 0)
                SafeLog.Write(() => Log.OperationNameRefused(_logger, LabelRefusal.Quote(LabelValues.Clean(name)), MetricNames.SnakeCase));
            return Other();
        }

        // What the guard refuses is not remembered: memory is bounded by the cap.
        if (_counts.With(name, BusinessCatalogue.Outcome.Values[0]).IsOverflow)
            return Other();
        lock (_admission)
            return _byName.TryGetValue(name, out var known) ? known : _byName[name] = new OperationSeries(name, _counts, _durations, _signals);
    }
}
