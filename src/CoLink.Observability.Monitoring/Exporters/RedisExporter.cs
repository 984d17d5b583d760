using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>oliver006/redis_exporter. Its <c>redis_memory_used_bytes</c> has the name of the services' own: an expression must name the job.</summary>
internal static class RedisExporter
{
    public static readonly ExporterMetric Up = new("redis_up", "gauge");
    public static readonly ExporterMetric MemoryUsed = new(CacheCatalogue.MemoryUsed.Name, "gauge");
    public static readonly ExporterMetric MemoryMax = new("redis_memory_max_bytes", "gauge");
    public static readonly ExporterMetric Clients = new("redis_connected_clients", "gauge");
    public static readonly ExporterMetric MaxClients = new("redis_config_maxclients", "gauge");
    public static readonly ExporterMetric BlockedClients = new("redis_blocked_clients", "gauge");
    public static readonly ExporterMetric KeyspaceHits = new("redis_keyspace_hits_total", "counter");
    public static readonly ExporterMetric KeyspaceMisses = new("redis_keyspace_misses_total", "counter");
    public static readonly ExporterMetric Evicted = new("redis_evicted_keys_total", "counter");
    public static readonly ExporterMetric Rejected = new("redis_rejected_connections_total", "counter");
    public static readonly ExporterMetric Commands = new("redis_commands_processed_total", "counter");
    public static readonly ExporterMetric CommandSeconds = new("redis_commands_duration_seconds_total", "counter", "cmd");
    public static readonly ExporterMetric Keys = new("redis_db_keys", "gauge", "db");

    public static readonly Exporter Instance = new("redis-exporter", 9121, "1.45 to 1.88", "Redis",
        [Up, MemoryUsed, MemoryMax, Clients, MaxClients, BlockedClients, KeyspaceHits, KeyspaceMisses, Evicted, Rejected, Commands, CommandSeconds, Keys]);
}
