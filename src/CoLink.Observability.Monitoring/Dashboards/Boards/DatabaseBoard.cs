using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>Databases and caches twice: as the services see them, and as they see themselves.</summary>
internal static class DatabaseBoard
{
    public static Dashboard Of(RuleContext context)
    {
        var watched = AllExporters.Watched(context.Platform);
        return new(
            DashboardId.Database,
            "Databases and caches, first as the chosen services see them, then as the servers' exporters do. The servers' panels go by cluster and namespace, not by service.",
            OfServices(context),
            [
                new("Databases, as the services see them", [.. Databases(context)]),
                new("Caches, as the services see them", [.. Caches(context)]),
                .. new (Exporter Exporter, Row Row)[]
                {
                    (PostgresExporter.Instance, new("PostgreSQL", [.. PostgresPanels.Of(context)])),
                    (MongoExporter.Instance, new("MongoDB", [.. MongoPanels.Of(context)])),
                    (RedisExporter.Instance, new("Redis", [.. RedisPanels.Of(context)])),
                }.Where(store => watched.Contains(store.Exporter)).Select(store => store.Row),
            ]);
    }

    private static IEnumerable<Panel> Databases(RuleContext context)
    {
        var byPool = new Grouping("job", "instance", "system", "database", "pool");
        var byDatabase = new Grouping("job", "system", "database");
        var byReason = new Grouping("job", "database", "reason");
        var byOperation = new Grouping("job", "system", "operation");
        var (active, max) = (DatabaseCatalogue.ConnectionsActive.Name, DatabaseCatalogue.ConnectionsMax.Name);
        var (duration, errors) = (DatabaseCatalogue.QueryDuration.Name, DatabaseCatalogue.ConnectionErrors.Name);
        yield return Lines("Pools in use", "Connections in use of what a pool may hold, each instance's own: a pool is of one process. Drivers that tell no maximum are missing here.", "percentunit", byPool.Legend(),
            $$"""sum by ({{byPool}}) ({{active}}{{{OfInstance}}}) / (sum by ({{byPool}}) ({{max}}{{{OfInstance}}}) > 0)""") with
        { Max = 1, Thresholds = Threshold.BadAbove(context.Limits.Pool) };
        yield return Lines("Connections in use", "Connections that the services' pools have handed out.", "short", byDatabase.Legend(),
            $$"""sum by ({{byDatabase}}) ({{active}}{{{OfInstance}}})""");
        yield return Lines("Connections that could not be had", "By reason: pool_exhausted is the service's own limit, refused the server's.", "cps", byReason.Legend(),
            $$"""sum by ({{byReason}}) (rate({{errors}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Commands", "Commands a second, by kind.", "ops", byOperation.Legend(),
            $$"""sum by ({{byOperation}}) (rate({{duration}}_count{{{OfInstance}}}{{Window}}))""");
        yield return Lines("P95 of commands", "95 of 100 commands of the kind were faster; a dot leads to its trace.", "s", byOperation.Legend(),
            $$"""histogram_quantile(0.95, sum by ({{byOperation}}, le) (rate({{duration}}_bucket{{{OfInstance}}}{{Window}})))""", exemplars: true) with
        { Thresholds = Threshold.BadAbove(context.Limits.SlowQuery) };
        yield return Lines("Failed commands", "Commands that failed or timed out, as part of all of their kind.", "percentunit", byOperation.Legend(), $$"""
            sum by ({{byOperation}}) (rate({{DatabaseCatalogue.QueryErrors.Name}}{{{OfInstance}}}{{Window}}))
            / (sum by ({{byOperation}}) (rate({{duration}}_count{{{OfInstance}}}{{Window}})) > 0)
            """);
    }

    private static IEnumerable<Panel> Caches(RuleContext context)
    {
        var (byCache, byServer) = (new Grouping("job", "cache"), new Grouping("job", "server"));
        var (hits, misses) = (CacheCatalogue.Hits.Name, CacheCatalogue.Misses.Name);
        yield return Lines("Hit ratio", "Part of the reads that the cache answered.", "percentunit", byCache.Legend(), $$"""
            sum by ({{byCache}}) (rate({{hits}}{{{OfInstance}}}{{Window}}))
            / (sum by ({{byCache}}) (rate({{hits}}{{{OfInstance}}}{{Window}}) + rate({{misses}}{{{OfInstance}}}{{Window}})) > 0)
            """) with { Max = 1, Thresholds = [new(context.Limits.CacheHitRatio, Threshold.Good)], Below = Threshold.Doubtful };
        yield return Lines("Reads", "Reads of each cache a second.", "ops", byCache.Legend(),
            $$"""sum by ({{byCache}}) (rate({{hits}}{{{OfInstance}}}{{Window}}) + rate({{misses}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Redis answers", "1 while the Redis server answers the service, 0 while it does not.", "none", byServer.Legend(),
            $$"""min by ({{byServer}}) ({{CacheCatalogue.Reachable.Name}}{{{OfInstance}}})""") with
        { Max = 1 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr, bool exemplars = false) => new(title, description)
    {
        Width = 8,
        Unit = unit,
        Min = 0,
        Links = Link.OfService(Point.OfSeries),
        Queries = [Query.Line(legend, expr) with { Exemplars = exemplars }],
    };
}
