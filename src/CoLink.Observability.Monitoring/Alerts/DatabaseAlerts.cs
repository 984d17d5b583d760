using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>Databases and caches as the services see them.</summary>
internal static class DatabaseAlerts
{
    private const string By = RuleContext.By;

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        var (time, limits, jobs) = (context.Time, context.Limits, context.Jobs);
        // A pool is of one process: over replicas a full one would hide behind empty ones.
        const string ByPool = By + ", instance, system, database, pool";
        var exhausted = new Alert("CoLinkDbPoolExhausted", Severity.Critical, $$"""
            sum by ({{ByPool}}) ({{DatabaseCatalogue.ConnectionsActive.Name}}{{{jobs}}})
            / (sum by ({{ByPool}}) ({{DatabaseCatalogue.ConnectionsMax.Name}}{{{jobs}}}) > 0)
            > {{Number.Format(limits.Pool)}}
            """)
        {
            For = "5m",
            Form = "a pool that says its maximum",
            Summary = "{{ $labels.job }} has used up its connections to {{ $labels.database }}",
            Description = "{{ $labels.instance }} of {{ $labels.job }} uses {{ $value | humanizePercentage }} of the {{ $labels.system }} connections that the pool {{ $labels.pool }} to {{ $labels.database }} may hold.",
            Threshold = $"more than {Number.Percent(limits.Pool)} of a pool for 5 minutes",
            Dashboard = DashboardId.Database,
        };
        yield return exhausted;
        yield return exhausted with
        {
            Expr = $$"""sum by ({{By}}, instance, system, database) (increase({{DatabaseCatalogue.ConnectionErrors.Name}}{{{jobs}},reason="pool_exhausted"}[{{time["5m"]}}])) > 0""",
            For = "1m",
            Form = "a driver that does not say its maximum",
            Labels = new(StringComparer.Ordinal) { ["reason"] = "pool_exhausted" },
            Description = "{{ $labels.instance }} of {{ $labels.job }} waited in vain for a {{ $labels.system }} connection to {{ $labels.database }} " + Alert.Count + " times within 5 minutes.",
            Threshold = "a connection waited for in vain within 5 minutes",
        };

        // An exhausted pool has a page of its own, and its database can be reached.
        yield return new Alert("CoLinkDbConnectionErrors", Severity.Critical,
            $$"""sum by ({{By}}, system, database) (increase({{DatabaseCatalogue.ConnectionErrors.Name}}{{{jobs}},reason!="pool_exhausted"}[{{time["5m"]}}])) > {{Number.Format(limits.ConnectionErrors)}}""")
        {
            For = "5m",
            Summary = "{{ $labels.job }} cannot connect to {{ $labels.database }}",
            Description = "{{ $labels.job }} failed to open a {{ $labels.system }} connection to {{ $labels.database }} " + Alert.Count + " times within 5 minutes.",
            Threshold = $"more than {Number.Format(limits.ConnectionErrors)} within 5 minutes, for 5 minutes",
            Dashboard = DashboardId.Database,
        };

        const string ByOperation = By + ", system, operation";
        yield return new Alert("CoLinkDbSlowQueries", Severity.Warning, $$"""
            histogram_quantile(0.95,
              sum by ({{ByOperation}}, le) (rate({{DatabaseCatalogue.QueryDuration.Name}}_bucket{{{jobs}}}[{{time["5m"]}}])))
            > {{Number.Format(limits.SlowQuery)}}
            and on ({{ByOperation}}) sum by ({{ByOperation}}) (increase({{DatabaseCatalogue.QueryDuration.Name}}_count{{{jobs}}}[{{time["5m"]}}])) >= {{Number.Format(limits.LatencyMinimum)}}
            """)
        {
            For = "10m",
            Summary = "{{ $labels.operation }} of {{ $labels.job }} takes {{ $value | humanizeDuration }} (P95)",
            Description = "5 of 100 {{ $labels.system }} commands of the kind {{ $labels.operation }} of {{ $labels.job }} have taken longer than {{ $value | humanizeDuration }} for 10 minutes.",
            Threshold = $"P95 above {Number.Format(limits.SlowQuery)} s, at least {Number.Format(limits.LatencyMinimum)} commands within 5 minutes",
            Dashboard = DashboardId.Database,
        };

        const string ByCache = By + ", cache";
        // What is in memory or in front of another cache misses by design.
        var reads = $"{jobs},cache=~\"redis|distributed\"";
        yield return new Alert("CoLinkCacheHitRatioLow", Severity.Info, $$"""
            (
              sum by ({{ByCache}}) (rate({{CacheCatalogue.Hits.Name}}{{{reads}}}[{{time["5m"]}}]))
              / (sum by ({{ByCache}}) (rate({{CacheCatalogue.Hits.Name}}{{{reads}}}[{{time["5m"]}}]) + rate({{CacheCatalogue.Misses.Name}}{{{reads}}}[{{time["5m"]}}])) > 0)
            ) < {{Number.Format(limits.CacheHitRatio)}}
            and on ({{ByCache}}) sum by ({{ByCache}}) (rate({{CacheCatalogue.Hits.Name}}{{{reads}}}[{{time["5m"]}}]) + rate({{CacheCatalogue.Misses.Name}}{{{reads}}}[{{time["5m"]}}])) > 1
            """)
        {
            For = "30m",
            Summary = "The {{ $labels.cache }} cache of {{ $labels.job }} answers {{ $value | humanizePercentage }} of its reads",
            Description = "{{ $value | humanizePercentage }} of what {{ $labels.job }} reads from its {{ $labels.cache }} cache is there; the rest goes to the source.",
            Threshold = $"less than {Number.Percent(limits.CacheHitRatio)} of more than 1 read a second for 30 minutes",
            Dashboard = DashboardId.Database,
        };
    }
}
