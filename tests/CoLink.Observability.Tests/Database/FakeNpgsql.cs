using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CoLink.Observability.Tests.Database;

/// <summary>What Npgsql 10 says, by its names; with <paramref name="isVersion9"/> what 9 says.</summary>
internal sealed class FakeNpgsql(bool isVersion9 = false) : IDisposable
{
    private readonly Meter _meter = new("Npgsql", "0.1.0");
    private readonly ActivitySource _source = new("Npgsql", "10.0.3");
    private Counter<int>? _timeouts;
    private Counter<int>? _failed;
    private Histogram<double>? _duration;

    /// <summary>The pools it reports, one entry a data source.</summary>
    public List<FakePool> Pools { get; } = [];

    /// <summary>What the callback of its connections does before it answers.</summary>
    public Action OnAsked { get; set; } = () => { };

    public FakeNpgsql Publish()
    {
        _duration = _meter.CreateHistogram<double>(isVersion9 ? "db.client.commands.duration" : "db.client.operation.duration", "s");
        _meter.CreateObservableUpDownCounter(isVersion9 ? "db.client.connections.usage" : "db.client.connection.count", Connections, "{connection}");
        _meter.CreateObservableUpDownCounter(isVersion9 ? "db.client.connections.max" : "db.client.connection.max", Limits, "{connection}");
        _failed = _meter.CreateCounter<int>(isVersion9 ? "db.client.commands.failed" : "db.client.operation.failed", "{command}");
        _timeouts = _meter.CreateCounter<int>(isVersion9 ? "db.client.connections.timeouts" : "db.client.connection.npgsql.timeouts", "{timeout}");
        return this;
    }

    public void PoolExhausted(string pool) => _timeouts!.Add(1, new KeyValuePair<string, object?>(PoolTag, pool));

    /// <summary>The meter's side of a command.</summary>
    public void Measure(double seconds, bool failed = false)
    {
        _duration!.Record(seconds, new KeyValuePair<string, object?>(PoolTag, "x"));
        if (failed)
            _failed!.Add(1, new KeyValuePair<string, object?>(PoolTag, "x"));
    }

    /// <summary>The activity of a command; null where nobody listens.</summary>
    public Activity? Begin(string sql, string? operation = null, string name = "postgresql", string? dataSource = null)
    {
        var activity = _source.StartActivity(name, ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(isVersion9 ? "db.statement" : "db.query.text", sql);
            activity.SetTag(isVersion9 ? "db.operation" : "db.operation.name", operation);
            activity.SetTag(isVersion9 ? "db.system" : "db.system.name", "postgresql");
            activity.SetTag(isVersion9 ? "db.name" : "db.namespace", "orders");
            activity.SetTag("db.npgsql.data_source", dataSource);
        }

        return activity;
    }

    public void Run(string sql, string? operation = null) => Begin(sql, operation)?.Dispose();

    /// <summary>The activity of a physical connection, ended.</summary>
    public void Connect(string database, string? errorType = null, string? description = null)
    {
        var activity = _source.StartActivity("CONNECT " + database, ActivityKind.Client);
        if (activity is not null && errorType is not null)
        {
            activity.SetTag("error.type", errorType);
            activity.SetStatus(ActivityStatusCode.Error, description);
        }

        activity?.Dispose();
    }

    public Activity? Start(string name) => _source.StartActivity(name, ActivityKind.Client);

    public void Dispose()
    {
        _meter.Dispose();
        _source.Dispose();
    }

    private string PoolTag => isVersion9 ? "pool.name" : "db.client.connection.pool.name";

    private IEnumerable<Measurement<int>> Connections()
    {
        OnAsked();
        foreach (var pool in Pools)
        {
            yield return new Measurement<int>(pool.Idle, Tag(pool), new KeyValuePair<string, object?>(isVersion9 ? "state" : "db.client.connection.state", "idle"));
            yield return new Measurement<int>(pool.Busy, Tag(pool), new KeyValuePair<string, object?>(isVersion9 ? "state" : "db.client.connection.state", "used"));
        }
    }

    private IEnumerable<Measurement<int>> Limits() => Pools.Where(pool => pool.Max > 0).Select(pool => new Measurement<int>(pool.Max, Tag(pool)));

    private KeyValuePair<string, object?> Tag(FakePool pool) => new(PoolTag, pool.Name);

    internal sealed record FakePool(string? Name, int Busy, int Idle, int Max = 100);
}
