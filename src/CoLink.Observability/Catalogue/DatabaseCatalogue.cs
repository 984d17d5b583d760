namespace CoLink.Observability.Catalogue;

internal static class DatabaseCatalogue
{
    private static readonly MetricLabel System = MetricLabel.OneOf("system", "postgresql", "mssql", "sqlite", "mysql", "oracle", "mongodb", "other");

    private static readonly MetricLabel Operation = MetricLabel.OneOf(
        "operation",
        "select", "insert", "update", "delete", "merge", "ddl", "transaction", "procedure", "copy", "find", "aggregate", "count", "distinct", "command", "other");

    public static readonly MetricDefinition ConnectionsActive = MetricDefinition.Planned(
        "db_connections_active", MetricKind.Gauge, "Database connections in use.", System, "database", "pool");

    public static readonly MetricDefinition ConnectionsIdle = MetricDefinition.Planned(
        "db_connections_idle", MetricKind.Gauge, "Database connections open and unused.", System, "database", "pool");

    public static readonly MetricDefinition ConnectionsMax = MetricDefinition.Planned(
        "db_connections_max", MetricKind.Gauge, "Database connections that the pool may hold.", System, "database", "pool");

    public static readonly MetricDefinition QueryDuration = MetricDefinition.Planned(
        "db_query_duration_seconds", MetricKind.Histogram, "Time of a database command, by its kind.", System, Operation)
        with
    { Buckets = Buckets.QuerySeconds, Exemplars = true };

    public static readonly MetricDefinition QueryErrors = MetricDefinition.Planned(
        "db_query_errors_total", MetricKind.Counter, "Database commands that failed, by their kind.", System, Operation);

    public static readonly MetricDefinition ConnectionErrors = MetricDefinition.Planned(
        "db_connection_errors_total", MetricKind.Counter, "Database connections that could not be had.",
        System, "database", MetricLabel.OneOf("reason", "refused", "authentication", "missing_database", "pool_exhausted", "timeout", "other"));

    public static readonly MetricDefinition[] All =
        [ConnectionsActive, ConnectionsIdle, ConnectionsMax, QueryDuration, QueryErrors, ConnectionErrors];
}
