using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;
using static CoLink.Observability.Monitoring.Exporters.MongoExporter;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

internal static class MongoPanels
{
    public static IEnumerable<Panel> Of(RuleContext context)
    {
        var server = Selectors.Of(Exporters.MongoExporter.Instance);
        yield return new Stat("MongoDB up", "Whether each server answers its exporter.")
        {
            Width = 6,
            Height = 8,
            Unit = "bool_yes_no",
            UpOrDown = true,
            Queries = [Query.Line("{{instance}}", $$"""max by (instance) ({{Up}}{{{server}}})""")],
        };
        yield return Lines("MongoDB connections", "Connections of what the server can take.", "percentunit", "{{instance}}", $$"""
            max by (instance) ({{Connections}}{{{server}},conn_type="current"})
            / (
              max by (instance) ({{Connections}}{{{server}},conn_type="current"})
              + max by (instance) ({{Connections}}{{{server}},conn_type="available"})
            )
            """) with { Max = 1, Thresholds = Threshold.BadAbove(context.Limits.StoreConnections) };
        yield return Lines("MongoDB operations", "Operations a second, by kind.", "ops", "{{legacy_op_type}}", $$"""sum by (legacy_op_type) (rate({{Operations}}{{{server}}}{{Window}}))""");
        yield return Lines("MongoDB time of an operation", "Mean time in the server, by kind.", "µs", "{{op_type}}",
            $$"""sum by (op_type) (rate({{Latency}}{{{server}}}{{Window}})) / (sum by (op_type) (rate({{LatencyOperations}}{{{server}}}{{Window}})) > 0)""");
        yield return Lines("MongoDB replication lag", "How far each secondary is behind the primary.", "ms", "{{member_idx}}", $$"""
            scalar(max({{MemberOptime}}{{{server}},member_state="PRIMARY"}))
            - max by (member_idx) ({{MemberOptime}}{{{server}},member_state="SECONDARY"})
            """) with { Width = 8 };
        yield return Lines("MongoDB open cursors", "Cursors that are open, by kind. One without a time-out that grows is never closed.", "short", "{{csr_type}}", $$"""sum by (csr_type) ({{Cursors}}{{{server}}})""") with { Width = 8 };
        yield return Lines("MongoDB free tickets", "Reads and writes that the storage engine would still start; at nought they queue.", "short", "{{txn_rw_type}}", $$"""min by (txn_rw_type) ({{Tickets}}{{{server}}})""") with { Width = 8 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 6, Unit = unit, Min = 0, Queries = [Query.Line(legend, expr)] };
}
