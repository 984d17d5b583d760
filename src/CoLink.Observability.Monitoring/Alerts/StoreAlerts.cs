using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;
using Mongo = CoLink.Observability.Monitoring.Exporters.MongoExporter;
using Postgres = CoLink.Observability.Monitoring.Exporters.PostgresExporter;
using Redis = CoLink.Observability.Monitoring.Exporters.RedisExporter;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>The stores themselves, through their exporters. Each names its exporter's job: a service has metrics of the same name.</summary>
internal static class StoreAlerts
{
    public const string Unseen = "CoLinkStoreUnseen";

    public static IEnumerable<Alert> Of(RuleContext context) => [.. PostgreSql(context), .. MongoDb(context), .. RedisServer(context), .. Blind(context)];

    /// <summary>
    /// A store whose exporter is gone has no series, and everything above is silent: what services depend on is paged for when nobody sees it.
    /// An alert of its own, since it keeps nothing silent: that nobody looks does not mean that the store is down. Kafka's is among its own.
    /// </summary>
    private static IEnumerable<Alert> Blind(RuleContext context)
    {
        var watched = AllExporters.Watched(context.Platform);
        var stores = new (string Store, string Title, Exporter Exporter, ExporterMetric Up)[]
        {
            (Dependency.PostgreSql, "PostgreSQL", Postgres.Instance, Postgres.Up), (Dependency.MongoDb, "MongoDB", Mongo.Instance, Mongo.Up), (Dependency.Redis, "Redis", Redis.Instance, Redis.Up),
        };
        foreach (var (store, title, exporter, up) in stores.Where(store => watched.Contains(store.Exporter)))
            yield return new Alert(Unseen, Severity.Critical, $$"""
                {{Scraped.Up}}{job="{{exporter}}"} unless on (cluster, namespace, instance) {{up}}{job="{{exporter}}"}
                or absent({{Scraped.Up}}{cluster="{{context.Platform.Cluster}}",job="{{exporter}}"})
                """)
            {
                For = "5m",
                Form = title,
                Service = store,
                Summary = $"Nobody sees {title}",
                Description = $"{exporter} does not say whether {title} answers, so every alert about {title} is silent, whatever happens to it.",
                Threshold = "a target of its exporter says nothing of it, or there is no target, for 5 minutes",
                Dashboard = DashboardId.Database,
            };
    }

    private static IEnumerable<Alert> PostgreSql(RuleContext context)
    {
        var time = context.Time;
        var job = $"job=\"{Postgres.Instance}\"";
        yield return Down("CoLinkPostgresDown", Dependency.PostgreSql, $$"""{{Postgres.Up}}{{{job}}} == 0""", "PostgreSQL");
        yield return Store("CoLinkPostgresConnectionsHigh", Dependency.PostgreSql, "5m", $$"""
            sum by (cluster, namespace, instance) ({{Postgres.Activity}}{{{job}}})
            / on (cluster, namespace, instance) max by (cluster, namespace, instance) ({{Postgres.MaxConnections}}{{{job}}})
            > {{Number.Format(context.Limits.StoreConnections)}}
            """, "uses {{ $value | humanizePercentage }} of its connections", $"more than {Number.Percent(context.Limits.StoreConnections)} of max_connections for 5 minutes");
        yield return Store("CoLinkPostgresDeadlocks", Dependency.PostgreSql, "0s",
            $$"""sum by (cluster, namespace, instance, datname) (increase({{Postgres.Deadlocks}}{{{job}}}[{{time["5m"]}}])) > 0""",
            "had " + Alert.Count + " deadlocks in {{ $labels.datname }}", "any within 5 minutes");
        yield return Store("CoLinkPostgresLongTransaction", Dependency.PostgreSql, "1m",
            $$"""max by (cluster, namespace, instance, datname) ({{Postgres.LongestTransaction}}{{{job}}}) > {{time.Seconds("5m")}}""",
            "has a transaction of {{ $value | humanizeDuration }} in {{ $labels.datname }}", "open for more than 5 minutes");
        yield return Store("CoLinkPostgresReplicationLag", Dependency.PostgreSql, "5m", $$"""
            {{Postgres.ReplicationLag}}{{{job}}} > 30
            and on (cluster, namespace, instance) {{Postgres.IsReplica}}{{{job}}} == 1
            """, "is {{ $value | humanizeDuration }} behind its primary", "a replica more than 30 s behind for 5 minutes");
    }

    private static IEnumerable<Alert> MongoDb(RuleContext context)
    {
        var job = $"job=\"{Mongo.Instance}\"";
        yield return Down("CoLinkMongoDown", Dependency.MongoDb, $$"""{{Mongo.Up}}{{{job}}} == 0""", "MongoDB");
        yield return Store("CoLinkMongoConnectionsHigh", Dependency.MongoDb, "5m", $$"""
            max by (cluster, namespace, instance) ({{Mongo.Connections}}{{{job}},conn_type="current"})
            / (
              max by (cluster, namespace, instance) ({{Mongo.Connections}}{{{job}},conn_type="current"})
              + max by (cluster, namespace, instance) ({{Mongo.Connections}}{{{job}},conn_type="available"})
            )
            > {{Number.Format(context.Limits.StoreConnections)}}
            """, "uses {{ $value | humanizePercentage }} of its connections", $"more than {Number.Percent(context.Limits.StoreConnections)} of current and available for 5 minutes");
    }

    private static IEnumerable<Alert> RedisServer(RuleContext context)
    {
        var time = context.Time;
        var job = $"job=\"{Redis.Instance}\"";
        yield return Down("CoLinkRedisDown", Dependency.Redis, $$"""{{Redis.Up}}{{{job}}} == 0""", "Redis");
        // Without maxmemory the limit is 0, and a division by it would fire for ever.
        yield return Store("CoLinkRedisMemoryHigh", Dependency.Redis, "5m", $$"""
            {{Redis.MemoryUsed}}{{{job}}} / ({{Redis.MemoryMax}}{{{job}}} > 0) > {{Number.Format(context.Limits.Memory)}}
            """, "uses {{ $value | humanizePercentage }} of maxmemory", $"more than {Number.Percent(context.Limits.Memory)} of maxmemory for 5 minutes") with
        { Severity = Severity.Critical };
        yield return Store("CoLinkRedisEvictions", Dependency.Redis, "10m",
            $$"""increase({{Redis.Evicted}}{{{job}}}[{{time["5m"]}}]) > 0""", "evicted " + Alert.Count + " keys within 5 minutes", "any, for 10 minutes");
        yield return Store("CoLinkRedisRejectedConnections", Dependency.Redis, "0s",
            $$"""increase({{Redis.Rejected}}{{{job}}}[{{time["5m"]}}]) > 0""", "refused " + Alert.Count + " connections", "any within 5 minutes");
    }

    private static Alert Down(string name, string store, string expr, string title) => Store(name, store, "1m", expr, "is down", "does not answer its exporter for a minute") with
    {
        Severity = Severity.Critical,
        KeepFiringFor = Alert.AfterErrors,
        Summary = title + " is down",
        Description = "The exporter at {{ $labels.instance }} cannot reach " + title + ".",
    };

    private static Alert Store(string name, string store, string pause, string expr, string what, string threshold) => new(name, Severity.Warning, expr)
    {
        For = pause,
        Service = store,
        Summary = "{{ $labels.instance }} " + what,
        Description = store + " at {{ $labels.instance }} " + what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Database,
    };
}
