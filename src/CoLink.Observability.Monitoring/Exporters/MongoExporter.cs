namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>percona/mongodb_exporter with its own names, not those of <c>--compatible-mode</c>.</summary>
internal static class MongoExporter
{
    public static readonly ExporterMetric Up = new("mongodb_up", "gauge", "cluster_role");
    public static readonly ExporterMetric Connections = new("mongodb_ss_connections", "untyped", "conn_type");
    public static readonly ExporterMetric Operations = new("mongodb_ss_opcounters", "untyped", "legacy_op_type");
    public static readonly ExporterMetric LatencyOperations = new("mongodb_ss_opLatencies_ops", "untyped", "op_type");
    public static readonly ExporterMetric Latency = new("mongodb_ss_opLatencies_latency", "untyped", "op_type");
    public static readonly ExporterMetric MemberHealth = new("mongodb_rs_members_health", "untyped", "member_idx", "member_state");
    public static readonly ExporterMetric MemberOptime = new("mongodb_rs_members_optimeDate", "untyped", "member_idx", "member_state");
    public static readonly ExporterMetric Cursors = new("mongodb_ss_metrics_cursor_open", "untyped", "csr_type");
    public static readonly ExporterMetric Tickets = new("mongodb_ss_wt_concurrentTransactions_available", "untyped", "txn_rw_type");

    public static readonly Exporter Instance = new("mongodb-exporter", 9216, "0.53", "MongoDB",
        [Up, Connections, Operations, LatencyOperations, Latency, MemberHealth, MemberOptime, Cursors, Tickets]);
}
