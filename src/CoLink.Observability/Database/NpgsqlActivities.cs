using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Listens to Npgsql's activities: a command with its statement, and, from version 10 on, each physical connection. It asks for data
/// and never for recording, so that a sampler's decision stands and what OpenTelemetry exports is what it exported before.
/// </summary>
internal sealed class NpgsqlActivities : IDisposable
{
    private const string Connect = "CONNECT ";

    private readonly DatabaseMetrics _metrics;
    private readonly MetricRegistry _registry;
    private readonly NpgsqlDatabases _databases;
    private readonly bool _operations;
    private readonly ActivityListener _listener;

    /// <param name="metrics">What is said.</param>
    /// <param name="registry">Where failures are counted.</param>
    /// <param name="databases">Learns which database a named data source opens.</param>
    /// <param name="operations">False asks for no activity of a command: none exists because of us, and one that exists is left alone.</param>
    public NpgsqlActivities(DatabaseMetrics metrics, MetricRegistry registry, NpgsqlDatabases databases, bool operations)
    {
        (_metrics, _registry, _databases, _operations) = (metrics, registry, databases, operations);
        _listener = new ActivityListener
        {
            ShouldListenTo = ShouldListenTo,
            Sample = operations ? SampleAll : SampleConnections,
            ActivityStarted = operations ? Started : null,
            ActivityStopped = Stopped,
        };
    }

    public static bool IsNpgsqls(Activity activity) => activity.Source.Name == Sources.Npgsql;

    public void Start() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    private bool ShouldListenTo(ActivitySource source)
    {
        if (source.Name != Sources.Npgsql)
            return false;
        try
        {
            _metrics.SourceActive(Sources.Npgsql, true);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }

        return true;
    }

    private static ActivitySamplingResult SampleAll(ref ActivityCreationOptions<ActivityContext> options) =>
        IsConnection(options.Name) ? ActivitySamplingResult.PropagationData : UnrecordedActivities.Sample(ref options);

    /// <summary>
    /// A connection's failure is written without its data being asked for, and so it stays as it is: what fetches a password while it
    /// opens belongs to the trace as before.
    /// </summary>
    private static ActivitySamplingResult SampleConnections(ref ActivityCreationOptions<ActivityContext> options) =>
        IsConnection(options.Name) ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;

    private static void Started(Activity activity)
    {
        if (!IsConnection(activity.OperationName))
            UnrecordedActivities.Started(activity);
    }

    private static bool IsConnection(string name) => name.StartsWith(Connect, StringComparison.Ordinal);

    /// <summary>Runs where the driver ends its activity, and must not fail there.</summary>
    private void Stopped(Activity activity)
    {
        try
        {
            var tags = NpgsqlTags.Of(activity);
            if (tags.Statement is not null)
                Command(activity, tags);
            else if (IsConnection(activity.OperationName))
                Connected(activity, tags);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
    }

    private void Command(Activity activity, in NpgsqlTags tags)
    {
        if (_databases.IsWanted && tags is { DataSource: { } source, Database: { } database })
            _databases.Learn(source, database);
        if (!_operations)
            return;

        var operation = tags.Operation;
        _metrics.Command(DbSystem.PostgreSql, operation, activity.Duration.TotalSeconds, Sampled(activity));
        if (tags.IsError && !tags.IsCancelled(activity) && !IsToldByTheMeter(activity, operation, tags))
            _metrics.CommandFailed(DbSystem.PostgreSql, operation);
    }

    /// <summary>A COPY that has begun is not the current activity when the server refuses its rows, and the meter's count of failures has that.</summary>
    private static bool IsToldByTheMeter(Activity activity, DbOperation operation, in NpgsqlTags tags) =>
        operation == DbOperation.Copy && tags.ErrorType is { Length: 5 } && Activity.Current != activity;

    private void Connected(Activity activity, in NpgsqlTags tags)
    {
        var database = activity.OperationName[Connect.Length..];
        if (tags.DataSource is { } source)
            _databases.Learn(source, database);
        if (!tags.IsError)
            _metrics.Connects(DbSystem.PostgreSql, database);
        else if (!tags.IsCancelled(activity))
            _metrics.ConnectionFailed(DbSystem.PostgreSql, database, ConnectionFailures.Of(tags.ErrorType, activity.StatusDescription));
    }

    /// <summary>The command's own span, or the one it belongs to where nobody but us asked for the command's.</summary>
    private static Activity? Sampled(Activity activity) => activity.Recorded ? activity : activity.Parent is { Recorded: true } parent ? parent : null;
}
