using System.Data;
using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Database.Spans;

/// <summary>
/// The spans of commands whose driver makes none. They cost nothing where nobody listens. A span is never the current one: it is made
/// where a driver tells that it begins, which may be in the app's own flow of execution, and what the driver does inside has no spans.
/// Nothing here throws into a driver.
/// </summary>
/// <remarks>Source of the names: OpenTelemetry's semantic conventions for database client calls.</remarks>
internal sealed class DatabaseSpans : IDisposable
{
    public const string SourceName = "CoLink.Observability.Database";

    private const string Cancelled = "cancelled";

    private const string CutMark = "…[cut]";

    private readonly SpanNames _names = new();
    private readonly ActivitySource? _source;
    private readonly OtherVoices? _others;
    private readonly bool _recordSql;
    private readonly MetricRegistry _registry;

    /// <param name="isEnabled">Whether the database family is on at all.</param>
    /// <param name="recordSql">Whether a statement's text stands on its span; parameters never do.</param>
    /// <param name="registry">Told of failures.</param>
    public DatabaseSpans(bool isEnabled, bool recordSql, MetricRegistry registry)
    {
        (_recordSql, _registry) = (recordSql, registry);
        if (!isEnabled)
            return;
        _source = new ActivitySource(SourceName, typeof(DatabaseSpans).Assembly.GetName().Version?.ToString(3));
        _others = new OtherVoices(_source);
    }

    /// <summary>Whether anybody listens.</summary>
    public bool AreWanted => _source is { } source && source.HasListeners();

    /// <summary>The same where the whole process is heard, which every host in it hears: one of them speaks.</summary>
    public bool AreWantedOfProcess => AreWanted && !_others!.OlderHostSpeaks;

    /// <summary>Whether somebody else makes the span of a command.</summary>
    /// <param name="connectionNamespace">The namespace of the driver's connection class.</param>
    /// <param name="isEntityFramework">Whether it was Entity Framework that told the command.</param>
    public bool AreMadeElsewhere(string connectionNamespace, bool isEntityFramework = false) => _others?.SpeakFor(connectionNamespace, isEntityFramework) == true;

    /// <summary>What an exemplar of a command leads to: its own span where that is kept, else the current one.</summary>
    public static Activity? Sampled(Activity? own) =>
        own is { Recorded: true, IsAllDataRequested: true } ? own : Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>Null where nobody takes it. Whoever gets one ends it once.</summary>
    /// <param name="system">Whose command it is.</param>
    /// <param name="connection">What it goes over.</param>
    /// <param name="database">The database as the metrics name it.</param>
    /// <param name="command">The command.</param>
    public Activity? Start(DbSystem system, DbConnection connection, string database, DbCommand command)
    {
        try
        {
            var span = Start(system, connection, database, OperationName.Of(command));
            if (span is not { IsAllDataRequested: true })
                return span;
            if (command.CommandType == CommandType.StoredProcedure)
                span.SetTag("db.stored_procedure.name", Cut(command.CommandText));
            else if (_recordSql)
                span.SetTag("db.query.text", Cut(command.CommandText));
            return span;
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
            return null;
        }
    }

    /// <summary>The same for several commands that go to the server as one.</summary>
    public Activity? Start(DbSystem system, DbConnection connection, string database, DbBatch batch)
    {
        try
        {
            var commands = batch.BatchCommands;
            var span = Start(system, connection, database, OperationName.Of(commands));
            if (span is not { IsAllDataRequested: true })
                return span;
            if (commands.Count > 1)
                span.SetTag("db.operation.batch.size", commands.Count);
            if (_recordSql)
                span.SetTag("db.query.text", Cut(string.Join(";\n", commands.Select(command => command.CommandText))));
            return span;
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
            return null;
        }
    }

    /// <summary>The command is done, or nobody will tell any more how it ended.</summary>
    public void End(Activity span)
    {
        try
        {
            Detached.Stop(span);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
    }

    /// <summary>It failed, or its caller gave up, which is no failure of the database's, here as in the metrics.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="failure">Null where the caller gave up and the driver has no exception to show.</param>
    public void Fail(Activity span, Exception? failure)
    {
        try
        {
            if (!span.IsAllDataRequested)
                return;
            if (failure is null || Cancellation.Is(failure))
                span.AddEvent(new ActivityEvent(Cancelled));
            else
                Describe(span, failure is AggregateException { InnerExceptions: [var first] } ? first : failure);
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Database, exception);
        }
        finally
        {
            End(span);
        }
    }

    public void Dispose()
    {
        _others?.Dispose();
        _source?.Dispose();
    }

    /// <summary>The words of an exception may hold what was to be stored: they stand where they are redacted, in the event, and not in the status.</summary>
    private static void Describe(Activity span, Exception failure)
    {
        var status = FailureCode.Of(failure);
        var type = status ?? failure.GetType().FullName;
        if (status is not null)
            span.SetTag("db.response.status_code", status);
        span.SetTag("error.type", type);
        span.SetStatus(ActivityStatusCode.Error, type);
        span.AddException(failure);
    }

    private static string? Cut(string? sql)
    {
        if (sql is not { Length: > SqlOperation.MaxLength })
            return sql;
        var length = char.IsHighSurrogate(sql[SqlOperation.MaxLength - 1]) ? SqlOperation.MaxLength - 1 : SqlOperation.MaxLength;
        return string.Concat(sql.AsSpan(0, length), CutMark);
    }

    private Activity? Start(DbSystem system, DbConnection connection, string database, string? operation)
    {
        var name = SystemName(system);
        var span = Detached.Start(_source!, database.Length == 0 ? operation ?? name : operation is null ? database : _names.Of(operation, database));
        if (span is not { IsAllDataRequested: true })
            return span;
        var server = ServerAddress.Of(system, connection.DataSource);
        span.SetTag("db.system.name", name);
        if (database.Length > 0)
            span.SetTag("db.namespace", server.Instance is { } instance ? $"{instance}|{database}" : database);
        if (operation is not null)
            span.SetTag("db.operation.name", operation);
        if (server.Host is not null)
            span.SetTag("server.address", server.Host);
        if (server.Port is { } port)
            span.SetTag("server.port", port);
        return span;
    }

    private static string SystemName(DbSystem system) => system switch
    {
        DbSystem.PostgreSql => "postgresql",
        DbSystem.SqlServer => "microsoft.sql_server",
        DbSystem.Sqlite => "sqlite",
        DbSystem.MySql => "mysql",
        DbSystem.Oracle => "oracle.db",
        DbSystem.MongoDb => "mongodb",
        _ => "other_sql",
    };
}
