using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;
using static CoLink.Observability.Monitoring.Exporters.MongoExporter;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

internal static class MongoPanels
{
    public static IEnumerable<Panel> Of(RuleContext context)
    {
        var byKind = new Grouping("instance", "legacy_op_type");
        var byOperation = new Grouping("instance", "op_type");
        var byCursor = new Grouping("instance", "csr_type");
        var byMember = new Grouping("member_idx");
        var byTicket = new Grouping("instance", "txn_rw_type");
        var server = Selectors.Of(Exporters.MongoExporter.Instance);
        yield return new Stat("MongoDB up", "Whether each server answers its exporter.")
        {
            Width = 6,
            Height = 8,
            Unit = "bool_yes_no",
            UpOrDown = true,
            Queries = [Query.Line(Grouping.Server.Legend(), $$"""max by ({{Grouping.Server}}) ({{Up}}{{{server}}})""")],
        };
        yield return Lines("MongoDB connections", "Connections of what the server can take.", "percentunit", Grouping.Server.Legend(), $$"""
            max by ({{Grouping.Server}}) ({{Connections}}{{{server}},conn_type="current"})
            / (
              max by ({{Grouping.Server}}) ({{Connections}}{{{server}},conn_type="current"})
              + max by ({{Grouping.Server}}) ({{Connections}}{{{server}},conn_type="available"})
            )
            """) with { Max = 1, Thresholds = Threshold.BadAbove(context.Limits.StoreConnections) };
        yield return Lines("MongoDB operations", "Operations a second, by kind.", "ops", byKind.Legend(), $$"""sum by ({{byKind}}) (rate({{Operations}}{{{server}}}{{Window}}))""");
        yield return Lines("MongoDB time of an operation", "Mean time in the server, by kind.", "µs", byOperation.Legend(),
            $$"""sum by ({{byOperation}}) (rate({{Latency}}{{{server}}}{{Window}})) / (sum by ({{byOperation}}) (rate({{LatencyOperations}}{{{server}}}{{Window}})) > 0)""");
        yield return Lines("MongoDB replication lag", "How far each secondary is behind the primary.", "ms", byMember.Legend(), $$"""
            max by ({{Grouping.Place}}) ({{MemberOptime}}{{{server}},member_state="PRIMARY"})
            - on ({{Grouping.Place}}) group_right ()
            max by ({{byMember}}) ({{MemberOptime}}{{{server}},member_state="SECONDARY"})
            """) with { Width = 8 };
        yield return Lines("MongoDB open cursors", "Cursors that are open, by kind. One without a time-out that grows is never closed.", "short", byCursor.Legend(), $$"""sum by ({{byCursor}}) ({{Cursors}}{{{server}}})""") with { Width = 8 };
        yield return Lines("MongoDB free tickets", "Reads and writes that the storage engine would still start; at nought they queue.", "short", byTicket.Legend(), $$"""min by ({{byTicket}}) ({{Tickets}}{{{server}}})""") with { Width = 8 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 6, Unit = unit, Min = 0, Queries = [Query.Line(legend, expr)] };
}
