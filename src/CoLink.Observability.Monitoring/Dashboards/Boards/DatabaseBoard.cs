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
        const string ByPool = "job, instance, system, database, pool";
        const string ByOperation = "job, system, operation";
        var (active, max) = (DatabaseCatalogue.ConnectionsActive.Name, DatabaseCatalogue.ConnectionsMax.Name);
        var (duration, errors) = (DatabaseCatalogue.QueryDuration.Name, DatabaseCatalogue.ConnectionErrors.Name);
        yield return Lines("Pools in use", "Connections in use of what a pool may hold, each instance's own: a pool is of one process. Drivers that tell no maximum are missing here.", "percentunit", "{{job}} {{instance}} {{database}}",
            $$"""sum by ({{ByPool}}) ({{active}}{{{OfInstance}}}) / (sum by ({{ByPool}}) ({{max}}{{{OfInstance}}}) > 0)""") with
        { Max = 1, Thresholds = Threshold.BadAbove(context.Limits.Pool) };
        yield return Lines("Connections in use", "Connections that the services' pools have handed out.", "short", "{{job}} {{system}} {{database}}",
            $$"""sum by (job, system, database) ({{active}}{{{OfInstance}}})""");
        yield return Lines("Connections that could not be had", "By reason: pool_exhausted is the service's own limit, refused the server's.", "cps", "{{job}} {{database}} {{reason}}",
            $$"""sum by (job, database, reason) (rate({{errors}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Commands", "Commands a second, by kind.", "ops", "{{job}} {{system}} {{operation}}",
            $$"""sum by ({{ByOperation}}) (rate({{duration}}_count{{{OfInstance}}}{{Window}}))""");
        yield return Lines("P95 of commands", "95 of 100 commands of the kind were faster; a dot leads to its trace.", "s", "{{job}} {{system}} {{operation}}",
            $$"""histogram_quantile(0.95, sum by ({{ByOperation}}, le) (rate({{duration}}_bucket{{{OfInstance}}}{{Window}})))""", exemplars: true) with
        { Thresholds = Threshold.BadAbove(context.Limits.SlowQuery) };
        yield return Lines("Failed commands", "Commands that failed or timed out, as part of all of their kind.", "percentunit", "{{job}} {{system}} {{operation}}", $$"""
            sum by ({{ByOperation}}) (rate({{DatabaseCatalogue.QueryErrors.Name}}{{{OfInstance}}}{{Window}}))
            / (sum by ({{ByOperation}}) (rate({{duration}}_count{{{OfInstance}}}{{Window}})) > 0)
            """);
    }

    private static IEnumerable<Panel> Caches(RuleContext context)
    {
        const string ByCache = "job, cache";
        var (hits, misses) = (CacheCatalogue.Hits.Name, CacheCatalogue.Misses.Name);
        yield return Lines("Hit ratio", "Part of the reads that the cache answered.", "percentunit", "{{job}} {{cache}}", $$"""
            sum by ({{ByCache}}) (rate({{hits}}{{{OfInstance}}}{{Window}}))
            / (sum by ({{ByCache}}) (rate({{hits}}{{{OfInstance}}}{{Window}}) + rate({{misses}}{{{OfInstance}}}{{Window}})) > 0)
            """) with { Max = 1, Thresholds = [new(context.Limits.CacheHitRatio, Threshold.Good)], Below = Threshold.Doubtful };
        yield return Lines("Reads", "Reads of each cache a second.", "ops", "{{job}} {{cache}}",
            $$"""sum by ({{ByCache}}) (rate({{hits}}{{{OfInstance}}}{{Window}}) + rate({{misses}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Redis answers", "1 while the Redis server answers the service, 0 while it does not.", "none", "{{job}} {{server}}",
            $$"""min by (job, server) ({{CacheCatalogue.Reachable.Name}}{{{OfInstance}}})""") with
        { Max = 1 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr, bool exemplars = false) => new(title, description)
    {
        Width = 8,
        Unit = unit,
        Min = 0,
        Links = Link.OfService(),
        Queries = [Query.Line(legend, expr) with { Exemplars = exemplars }],
    };
}
