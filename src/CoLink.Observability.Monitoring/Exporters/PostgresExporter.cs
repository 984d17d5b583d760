namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>prometheus-community/postgres_exporter; counters of pg_stat_database carry no <c>_total</c>.</summary>
internal static class PostgresExporter
{
    public static readonly ExporterMetric Up = new("pg_up", "gauge");
    public static readonly ExporterMetric Activity = new("pg_stat_activity_count", "gauge", "datname", "state", "usename", "application_name", "backend_type");
    public static readonly ExporterMetric LongestTransaction = new("pg_stat_activity_max_tx_duration", "gauge", "datname", "state", "usename", "application_name", "backend_type");
    public static readonly ExporterMetric MaxConnections = new("pg_settings_max_connections", "gauge");
    public static readonly ExporterMetric Backends = new("pg_stat_database_numbackends", "gauge", "datid", "datname");
    public static readonly ExporterMetric Commits = new("pg_stat_database_xact_commit", "counter", "datid", "datname");
    public static readonly ExporterMetric Rollbacks = new("pg_stat_database_xact_rollback", "counter", "datid", "datname");
    public static readonly ExporterMetric BlocksHit = new("pg_stat_database_blks_hit", "counter", "datid", "datname");
    public static readonly ExporterMetric BlocksRead = new("pg_stat_database_blks_read", "counter", "datid", "datname");
    public static readonly ExporterMetric Deadlocks = new("pg_stat_database_deadlocks", "counter", "datid", "datname");
    public static readonly ExporterMetric DatabaseBytes = new("pg_database_size_bytes", "gauge", "datname");
    public static readonly ExporterMetric Locks = new("pg_locks_count", "gauge", "datname", "mode");
    public static readonly ExporterMetric ReplicationLag = new("pg_replication_lag_seconds", "gauge") { Since = "0.12" };
    public static readonly ExporterMetric IsReplica = new("pg_replication_is_replica", "gauge") { Since = "0.12" };
    public static readonly ExporterMetric StatementSeconds = new("pg_stat_statements_seconds_total", "counter", "user", "datname", "queryid") { Since = "0.13, --collector.stat_statements" };
    public static readonly ExporterMetric StatementCalls = new("pg_stat_statements_calls_total", "counter", "user", "datname", "queryid") { Since = "0.13, --collector.stat_statements" };

    public static readonly Exporter Instance = new("postgres-exporter", 9187, "0.11 to 0.20", "PostgreSQL",
    [
        Up, Activity, LongestTransaction, MaxConnections, Backends, Commits, Rollbacks, BlocksHit, BlocksRead, Deadlocks, DatabaseBytes, Locks,
        ReplicationLag, IsReplica, StatementSeconds, StatementCalls,
    ]);
}
