using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database;

/// <summary>
/// Hears MongoDB.Driver through its activities. An operation has one, with the choice of a server, every retry and every round trip of
/// it inside; each command sent has another one, which is left alone: what a caller waits for is counted once. The fetches of a
/// cursor's further batches are commands of no operation, and the driver tells no other time of them.
/// </summary>
/// <remarks>
/// The samples ask for propagation only: it makes the activity exist, without data of its own, which no exporter takes. Whether it is
/// marked as sampled it has from its parent, so what is called inside stays in the trace, and nobody's sampling changes.
/// An operation that got no connection failed for its caller, so it is a failed query as well as a connection error.
/// </remarks>
internal sealed class MongoDbActivities : IDisposable
{
    private const string OperationTag = "db.operation.name";
    private const string DatabaseTag = "db.namespace";
    private const string ExceptionTag = "exception.type";
    private const string MessageTag = "exception.message";

    private readonly DatabaseMetrics _metrics;
    private readonly MetricRegistry _registry;
    private readonly bool _operations;
    private readonly SeenDatabases _databases;
    private readonly ActivityListener _listener;
    private bool _isHeard;

    /// <param name="metrics">The family.</param>
    /// <param name="registry">Told of failures.</param>
    /// <param name="operations">Whether operations are told apart. The activities are needed either way: the driver has no meter.</param>
    public MongoDbActivities(DatabaseMetrics metrics, MetricRegistry registry, bool operations)
    {
        _metrics = metrics;
        _registry = registry;
        _operations = operations;
        _databases = new SeenDatabases(metrics, DbSystem.MongoDb);
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Sources.MongoDb,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) => Sample(options.Tags),
            SampleUsingParentId = static (ref ActivityCreationOptions<string> options) => Sample(options.Tags),
            ActivityStopped = Stopped,
        };
    }

    public void Start()
    {
        _metrics.SourceActive(Sources.MongoDb, false);
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>The tags come as a list: an enumerator would be an allocation.</summary>
    private static ActivitySamplingResult Sample(IEnumerable<KeyValuePair<string, object?>>? tags)
    {
        if (tags is IReadOnlyList<KeyValuePair<string, object?>> list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i].Key == OperationTag)
                    return ActivitySamplingResult.PropagationData;
            }
        }

        return ActivitySamplingResult.None;
    }

    /// <summary>It runs where the app calls its database, and must not fail there.</summary>
    private void Stopped(Activity activity)
    {
        try
        {
            if (activity.GetTagItem(OperationTag) is string operation)
                Ended(activity, _operations ? Operation(operation) : DbOperation.Other);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
    }

    private void Ended(Activity activity, DbOperation operation)
    {
        var database = activity.GetTagItem(DatabaseTag) as string ?? "";
        _databases.Saw(database);
        _metrics.Command(DbSystem.MongoDb, operation, activity.Duration.TotalSeconds, Sampled(activity));
        if (activity.Status == ActivityStatusCode.Error && activity.GetTagItem(ExceptionTag) as string is var exception && !Cancellation.Is(exception))
        {
            _metrics.CommandFailed(DbSystem.MongoDb, operation);
            if (Failure(exception, activity.GetTagItem(MessageTag) as string ?? "") is { } reason)
                _metrics.ConnectionFailed(DbSystem.MongoDb, database, reason);
        }

        if (_isHeard)
            return;
        _isHeard = true;
        _metrics.SourceActive(Sources.MongoDb, true);
    }

    /// <summary>
    /// The operation's own span, or the one it belongs to where nobody but us asked for the operation's: that one inherits the mark of
    /// being recorded, and nobody exports it.
    /// </summary>
    private static Activity? Sampled(Activity activity) =>
        activity is { Recorded: true, IsAllDataRequested: true } ? activity : activity.Parent is { Recorded: true } parent ? parent : null;

    private static DbOperation Operation(string name) => name switch
    {
        "find" => DbOperation.Find,
        "aggregate" => DbOperation.Aggregate,
        "count" or "countDocuments" => DbOperation.Count,
        "distinct" => DbOperation.Distinct,
        "insert" => DbOperation.Insert,
        "update" => DbOperation.Update,
        "delete" => DbOperation.Delete,
        "commitTransaction" or "abortTransaction" => DbOperation.Transaction,
        _ => DbOperation.Command,
    };

    /// <summary>
    /// Null where a connection was had. Its kind is all that a server selection says besides words, in which it repeats why each
    /// server was not reached: the driver's own words and the names of its types, which nothing translates.
    /// </summary>
    private static ConnectionFailure? Failure(string? exception, string message) => exception switch
    {
        "MongoDB.Driver.MongoAuthenticationException" => ConnectionFailure.Authentication,
        "MongoDB.Driver.MongoWaitQueueFullException" => ConnectionFailure.PoolExhausted,
        "MongoDB.Driver.MongoConnectionPoolPausedException" => ConnectionFailure.Refused,
        "System.TimeoutException" when Says(message, "selecting a server") => Selection(message),
        "System.TimeoutException" when Says(message, "waiting for a connection") || Says(message, "connecting queue") => ConnectionFailure.PoolExhausted,
        "MongoDB.Driver.MongoConnectionException" when Says(message, "opening a connection") => Says(message, "TimeoutException") ? ConnectionFailure.Timeout : ConnectionFailure.Refused,
        _ => null,
    };

    /// <summary>The numbers are "refused" to Linux, Windows and macOS.</summary>
    private static ConnectionFailure Selection(string message) =>
        Says(message, "MongoAuthenticationException") ? ConnectionFailure.Authentication
        : Says(message, "SocketException (111)") || Says(message, "SocketException (10061)") || Says(message, "SocketException (61)") ? ConnectionFailure.Refused
        : ConnectionFailure.Timeout;

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.Ordinal);
}
