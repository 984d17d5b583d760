using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// The database family. A family and a series begin with the first driver that can tell them: what nobody tells is absent, never 0.
/// The errors of a series that has begun start at 0, so that the first one is an increase.
/// </summary>
internal sealed class DatabaseMetrics
{
    private static readonly string[] Systems = Values(DatabaseCatalogue.QueryDuration, 0);
    private static readonly string[] Operations = Values(DatabaseCatalogue.QueryDuration, 1);
    private static readonly string[] Failures = Values(DatabaseCatalogue.ConnectionErrors, 2);

    private readonly MetricRegistry _registry;
    private readonly CommandSeries?[] _commands = new CommandSeries?[Systems.Length * Operations.Length];

    public DatabaseMetrics(MetricRegistry registry) => _registry = registry;

    /// <summary>A command ended, well or not. Its exemplar is the current span.</summary>
    public void Command(DbSystem system, DbOperation operation, double seconds) =>
        Command(system, operation, seconds, Exemplars.SampledSpan);

    /// <param name="system">Whose command it was.</param>
    /// <param name="operation">What it did.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="span">The sampled span that an exemplar may lead to; null for none.</param>
    public void Command(DbSystem system, DbOperation operation, double seconds, Activity? span) => Series(system, operation).Duration.Observe(seconds, span);

    /// <summary>A command failed; it is reported with <see cref="Command(DbSystem, DbOperation, double)"/> as well.</summary>
    public void CommandFailed(DbSystem system, DbOperation operation) => Series(system, operation).Errors.Inc();

    /// <summary>The errors of a database's connections can be told from now on: they start at 0.</summary>
    public void Connects(DbSystem system, string database)
    {
        var errors = _registry.Counter(DatabaseCatalogue.ConnectionErrors);
        foreach (var reason in Failures)
            errors.With(Systems[(int)system], database, reason);
    }

    /// <summary>The same for a driver that tells this one reason and no other: of the others it must not say 0.</summary>
    public void ConnectsToPool(DbSystem system, string database) => PoolExhaustions(system, database);

    /// <summary>A pool had no connection left, says such a driver.</summary>
    public void PoolExhausted(DbSystem system, string database) => PoolExhaustions(system, database).Inc();

    public void ConnectionFailed(DbSystem system, string database, ConnectionFailure reason)
    {
        Connects(system, database);
        _registry.Counter(DatabaseCatalogue.ConnectionErrors).Inc(Systems[(int)system], database, Failures[(int)reason]);
    }

    /// <summary>A pool as it stands; what a driver does not tell is null and absent.</summary>
    public void Pool(DbSystem system, string database, string pool, double? active, double? idle, double? max)
    {
        Set(DatabaseCatalogue.ConnectionsActive, active);
        Set(DatabaseCatalogue.ConnectionsIdle, idle);
        Set(DatabaseCatalogue.ConnectionsMax, max);

        void Set(MetricDefinition metric, double? value)
        {
            if (value is { } number)
                _registry.Gauge(metric).Set(number, Systems[(int)system], database, pool);
        }
    }

    /// <summary>A pool is gone, and its series with it. What nobody told of it has no family, and needs none to be forgotten.</summary>
    public void Forget(DbSystem system, string database, string pool)
    {
        foreach (var metric in (MetricDefinition[])[DatabaseCatalogue.ConnectionsActive, DatabaseCatalogue.ConnectionsIdle, DatabaseCatalogue.ConnectionsMax])
            _registry.Find(metric.Name)?.Remove([Systems[(int)system], database, pool]);
    }

    /// <summary>A source is listened to; where nothing was heard of it, it reads 0.</summary>
    public void SourceKnown(string source) => _registry.Gauge(SelfCatalogue.SourceActive).With(source);

    /// <summary>Whether a source that is listened to by name was heard of in this process.</summary>
    public void SourceActive(string source, bool active) => _registry.Gauge(SelfCatalogue.SourceActive).Set(active ? 1 : 0, source);

    /// <summary>How the label reads.</summary>
    public static string Name(DbSystem system) => Systems[(int)system];

    private CounterSeries PoolExhaustions(DbSystem system, string database) =>
        _registry.Counter(DatabaseCatalogue.ConnectionErrors).With(Systems[(int)system], database, Failures[(int)ConnectionFailure.PoolExhausted]);

    private CommandSeries Series(DbSystem system, DbOperation operation)
    {
        ref var series = ref _commands[((int)system * Operations.Length) + (int)operation];
        return series ??= new CommandSeries(
            _registry.Histogram(DatabaseCatalogue.QueryDuration).With(Systems[(int)system], Operations[(int)operation]),
            _registry.Counter(DatabaseCatalogue.QueryErrors).With(Systems[(int)system], Operations[(int)operation]));
    }

    private static string[] Values(MetricDefinition metric, int label) => [.. metric.Labels[label].Values];

    private sealed record CommandSeries(HistogramSeries Duration, CounterSeries Errors);
}
