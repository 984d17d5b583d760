namespace CoLink.Observability.Catalogue;

internal static class DatabaseCatalogue
{
    private static readonly MetricLabel System = MetricLabel.OneOf("system", "postgresql", "mssql", "sqlite", "mysql", "oracle", "mongodb", "other");

    private static readonly MetricLabel Operation = MetricLabel.OneOf(
        "operation",
        "select", "insert", "update", "delete", "merge", "ddl", "transaction", "procedure", "copy", "find", "aggregate", "count", "distinct", "command", "other");

    public static readonly MetricDefinition ConnectionsActive = new(
        "db_connections_active", MetricKind.Gauge, "Database connections in use: of a pool what it has handed out, of Entity Framework what it has opened.", System, "database", "pool")
    { FilledBy = "Npgsql's pools and SqlClient's, at the scrape; MongoDB's with its package; for other drivers the connections that Entity Framework opened, as pool `ef`, and those behind `WithCoLinkMetrics`, as pool `opened`" };

    public static readonly MetricDefinition ConnectionsIdle = new(
        "db_connections_idle", MetricKind.Gauge, "Database connections open and unused in a pool.", System, "database", "pool")
    { FilledBy = "Npgsql's pools and SqlClient's, at the scrape; MongoDB's with its package" };

    public static readonly MetricDefinition ConnectionsMax = new(
        "db_connections_max", MetricKind.Gauge, "Database connections that a pool may hold.", System, "database", "pool")
    { FilledBy = "Npgsql's pools, at the scrape; MongoDB's with its package, where they have a maximum" };

    public static readonly MetricDefinition QueryDuration = new(
        "db_query_duration_seconds", MetricKind.Histogram,
        "Time of a database command: of Npgsql and behind WithCoLinkMetrics until its reader is closed, of SqlClient and of Entity Framework on other drivers until its first answer, of MongoDB the whole operation, retries included.", System, Operation)
    { Buckets = Buckets.QuerySeconds, Exemplars = true, FilledBy = "each command that a driver tells, and of other drivers those of Entity Framework and those behind `WithCoLinkMetrics`" };

    public static readonly MetricDefinition QueryErrors = new(
        "db_query_errors_total", MetricKind.Counter,
        "Database commands that failed or timed out; one that its caller cancelled did not fail. What Npgsql fails after a command's first answer has the operation other.", System, Operation)
    { FilledBy = "as the durations, at 0 with the first of them" };

    public static readonly MetricDefinition ConnectionErrors = new(
        "db_connection_errors_total", MetricKind.Counter,
        "Database connections that could not be had. Refused is a server that is not reached, or is full, starting or stopping.",
        System, "database", MetricLabel.OneOf("reason", "refused", "authentication", "missing_database", "pool_exhausted", "timeout", "other"))
    { FilledBy = "drivers that tell it, and Entity Framework for those that do not; at 0 once a database is known" };

    public static readonly MetricDefinition[] All =
        [ConnectionsActive, ConnectionsIdle, ConnectionsMax, QueryDuration, QueryErrors, ConnectionErrors];
}
