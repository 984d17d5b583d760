using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;
using static CoLink.Observability.Monitoring.Exporters.PostgresExporter;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

internal static class PostgresPanels
{
    public static IEnumerable<Panel> Of(RuleContext context)
    {
        var byDatabase = new Grouping("instance", "datname");
        var byStatement = new Grouping("instance", "datname", "queryid");
        var byMode = new Grouping("instance", "mode");
        var server = Selectors.Of(Exporters.PostgresExporter.Instance);
        yield return new Stat("PostgreSQL up", "Whether each server answers its exporter.")
        {
            Width = 6,
            Height = 8,
            Unit = "bool_yes_no",
            UpOrDown = true,
            Queries = [Query.Line(Grouping.Server.Legend(), $$"""{{Up}}{{{server}}}""")],
        };
        yield return Lines("PostgreSQL connections", "Connections of what max_connections allows.", "percentunit", Grouping.Server.Legend(),
            $$"""sum by ({{Grouping.Server}}) ({{Activity}}{{{server}}}) / on ({{Grouping.Server}}) max by ({{Grouping.Server}}) ({{MaxConnections}}{{{server}}})""") with
        { Max = 1, Thresholds = Threshold.BadAbove(context.Limits.StoreConnections) };
        yield return Lines("PostgreSQL transactions", "Transactions a second, committed and rolled back.", "ops", byDatabase.Legend(),
            $$"""sum by ({{byDatabase}}) (rate({{Commits}}{{{server}}}{{Window}}) + rate({{Rollbacks}}{{{server}}}{{Window}}))""");
        yield return Lines("PostgreSQL reads from memory", "Part of the blocks that were found in shared buffers. Below 99 % a busy database wants more memory.", "percentunit", byDatabase.Legend(),
            $$"""sum by ({{byDatabase}}) (rate({{BlocksHit}}{{{server}}}{{Window}})) / (sum by ({{byDatabase}}) (rate({{BlocksHit}}{{{server}}}{{Window}}) + rate({{BlocksRead}}{{{server}}}{{Window}})) > 0)""") with
        { Max = 1 };
        yield return Lines("PostgreSQL deadlocks", "Deadlocks that the server ended by failing one of the transactions.", "short", byDatabase.Legend(),
            $$"""sum by ({{byDatabase}}) (increase({{Deadlocks}}{{{server}}}{{Window}}))""");
        yield return Lines("PostgreSQL longest transaction", "Age of the oldest open transaction: it keeps vacuum from cleaning up.", "s", byDatabase.Legend(),
            $$"""max by ({{byDatabase}}) ({{LongestTransaction}}{{{server}}})""");
        yield return Lines("PostgreSQL locks", "Locks held or waited for, by mode.", "short", byMode.Legend(), $$"""sum by ({{byMode}}) ({{Locks}}{{{server}}})""");
        yield return Lines("PostgreSQL size", "Size of each database on the disk.", "bytes", byDatabase.Legend(), $$"""max by ({{byDatabase}}) ({{DatabaseBytes}}{{{server}}})""");
        yield return Lines("PostgreSQL replication lag", "How far a replica is behind its primary. Exporters from 0.12 on tell it.", "s", Grouping.Server.Legend(),
            $$"""max by ({{Grouping.Server}}) ({{ReplicationLag}}{{{server}}} and on ({{Grouping.Server}}) {{IsReplica}}{{{server}}} == 1)""") with
        { Width = 8 };
        yield return Table.Of("Slowest statements", "Mean time of a call. Needs pg_stat_statements and the exporter's --collector.stat_statements; the id is that of pg_stat_statements.queryid.", byStatement,
            new Column("Time of a call", "s", $$"""
                topk(10,
                  sum by ({{byStatement}}) (rate({{StatementSeconds}}{{{server}}}{{Window}}))
                  / (sum by ({{byStatement}}) (rate({{StatementCalls}}{{{server}}}{{Window}})) > 0))
                """)) with
        { Width = 16 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 6, Unit = unit, Min = 0, Queries = [Query.Line(legend, expr)] };
}
