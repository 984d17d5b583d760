using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;
using static CoLink.Observability.Monitoring.Exporters.RedisExporter;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

internal static class RedisPanels
{
    public static IEnumerable<Panel> Of(RuleContext context)
    {
        var byCommand = new Grouping("instance", "cmd");
        var byDatabase = new Grouping("instance", "db");
        var server = Selectors.Of(Exporters.RedisExporter.Instance);
        yield return new Stat("Redis up", "Whether each server answers its exporter.")
        {
            Width = 6,
            Height = 8,
            Unit = "bool_yes_no",
            UpOrDown = true,
            Queries = [Query.Line(Grouping.Server.Legend(), $$"""{{Up}}{{{server}}}""")],
        };
        yield return Lines("Redis memory", "Memory of maxmemory; nothing where there is no maxmemory.", "percentunit", Grouping.Server.Legend(),
            $$"""{{MemoryUsed}}{{{server}}} / ({{MemoryMax}}{{{server}}} > 0)""") with
        { Max = 1, Thresholds = Threshold.BadAbove(context.Limits.Memory) };
        yield return Lines("Redis memory in bytes", "Memory that the server uses.", "bytes", Grouping.Server.Legend(), $$"""{{MemoryUsed}}{{{server}}}""");
        yield return Lines("Redis commands", "Commands a second.", "ops", Grouping.Server.Legend(), $$"""rate({{Exporters.RedisExporter.Commands}}{{{server}}}{{Window}})""");
        yield return Lines("Redis time in commands", "Seconds a second that the server spends in each command: it has one thread, so they add up to at most about 1.", "percentunit", byCommand.Legend(),
            $$"""topk(10, sum by ({{byCommand}}) (rate({{CommandSeconds}}{{{server}}}{{Window}})))""");
        yield return Lines("Redis hit ratio", "Part of the server's reads that found their key, whoever read. The services' own is above.", "percentunit", Grouping.Server.Legend(), $$"""
            rate({{KeyspaceHits}}{{{server}}}{{Window}})
            / (rate({{KeyspaceHits}}{{{server}}}{{Window}}) + rate({{KeyspaceMisses}}{{{server}}}{{Window}}) > 0)
            """) with { Max = 1 };
        yield return Lines("Redis evictions", "Keys removed for want of memory.", "ops", Grouping.Server.Legend(), $$"""rate({{Evicted}}{{{server}}}{{Window}})""");
        yield return Lines("Redis keys", "Keys, by database.", "short", byDatabase.Legend(), $$"""sum by ({{byDatabase}}) ({{Keys}}{{{server}}})""");
        yield return Lines("Redis clients", "Clients connected, of what maxclients allows.", "percentunit", Grouping.Server.Legend(), $$"""{{Clients}}{{{server}}} / ({{MaxClients}}{{{server}}} > 0)""") with { Width = 8, Max = 1 };
        yield return Lines("Redis blocked clients", "Clients that wait in a blocking command.", "short", Grouping.Server.Legend(), $$"""{{BlockedClients}}{{{server}}}""") with { Width = 8 };
        yield return Lines("Redis rejected connections", "Connections refused since maxclients was reached.", "cps", Grouping.Server.Legend(), $$"""rate({{Rejected}}{{{server}}}{{Window}})""") with { Width = 8 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 6, Unit = unit, Min = 0, Queries = [Query.Line(legend, expr)] };
}
