using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>What users do: messages, files, users, searches, and who is connected.</summary>
internal static class BusinessBoard
{
    private static readonly string Sent = BusinessCatalogue.MessagesSent.Name;
    private static readonly string Uploads = BusinessCatalogue.FileUploads.Name;
    private static readonly string Searches = BusinessCatalogue.SearchQueries.Name;
    private static readonly string Registered = BusinessCatalogue.UserRegistrations.Name;
    private static readonly string Outcome = BusinessCatalogue.Outcome.Name;

    public static Dashboard Of(RuleContext context) => new(
        DashboardId.Business,
        "What users do: messages, files, registrations, searches and open WebSockets, beside the same hour a week ago.",
        OfServices(context),
        [
            new("In the chosen range", [.. Totals()]),
            new("What users do", [.. Rates(context)]),
            new("Connected users", [.. Sockets(context)]),
            new("Operations of the services' own", [.. Operations()]),
        ])
    { From = "now-24h" };

    private static IEnumerable<Panel> Totals()
    {
        yield return Total("Messages", "Messages sent in the chosen range.", Sent);
        yield return Total("Uploads", "Files that users sent in the chosen range, those that were not taken included.", Uploads);
        yield return Total("Searches", "Searches in the chosen range.", Searches);
        yield return Total("Registrations", "Users who registered in the chosen range.", Registered);
        yield return new Bars("From registering to writing", "What users did in the chosen range, from few to many. A step that shrinks against the others is one at which users stop.")
        {
            Width = Grid.Columns,
            Height = 6,
            Unit = "short",
            Together = true,
            Queries = [Query.Now("registered", During(Registered)), Query.Now("searched", During(Searches)), Query.Now("uploaded", During(Uploads)), Query.Now("wrote", During(Sent))],
        };
    }

    private static IEnumerable<Panel> Rates(RuleContext context)
    {
        foreach (var (what, name) in new[] { ("Messages", Sent), ("Uploads", Uploads), ("Searches", Searches), ("Registrations", Registered) })
            yield return new TimeSeries($"{what}, and a week ago", $"{what} a second, beside those of the same time a week ago.")
            {
                Unit = "cps",
                Min = 0,
                Queries =
                [
                    Query.Line(Grouping.Place.Legend("now"), $$"""sum by ({{Grouping.Place}}) (rate({{name}}{{{OfInstance}}}{{Window}}))"""),
                    Query.Line(Grouping.Place.Legend("a week ago"), $$"""sum by ({{Grouping.Place}}) (rate({{name}}{{{OfInstance}}}{{Window}} offset {{context.Time[Ranges.Week]}}))"""),
                ],
            };
        yield return By("Messages by channel", "Messages a second, by the type of the channel.", "mps", "channel_type", Sent);
        yield return By("Uploads by category", "Uploads a second, by what was uploaded.", "cps", "category", Uploads);
        yield return By("Searches by scope", "Searches a second, by what was searched.", "cps", "scope", Searches);
        yield return By("Registrations by way", "Registrations a second, by the way users came.", "cps", "method", Registered);
        yield return Failing("Uploads that failed", "Part of the uploads that were not taken.", Uploads) with { Thresholds = Threshold.BadAbove(context.Limits.ErrorRatio) };
        yield return Failing("Searches that failed", "Part of the searches that ended with a failure.", Searches) with { Thresholds = Threshold.BadAbove(context.Limits.ErrorRatio) };
    }

    private static IEnumerable<Panel> Sockets(RuleContext context)
    {
        var byReason = new Grouping("reason");
        var active = $$"""sum by ({{Grouping.Service}}) ({{WebSocketCatalogue.Active.Name}}{{{OfInstance}}})""";
        yield return Lines("Open WebSockets", "WebSockets open now, and how many there were a week ago.", "short", Grouping.Service.Legend(), active) with
        {
            Queries = [Query.Line(Grouping.Service.Legend(), active), Query.Line(Grouping.Service.Legend("a week ago"), $$"""sum by ({{Grouping.Service}}) ({{WebSocketCatalogue.Active.Name}}{{{OfInstance}}} offset {{context.Time[Ranges.Week]}})""")],
        };
        yield return Lines("Messages through WebSockets", "Messages a second that went to users and came from them.", "mps", "", "") with
        {
            Queries =
            [
                Query.Line(Grouping.Service.Legend("to users"), $$"""sum by ({{Grouping.Service}}) (rate({{WebSocketCatalogue.MessagesSent.Name}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(Grouping.Service.Legend("from users"), $$"""sum by ({{Grouping.Service}}) (rate({{WebSocketCatalogue.MessagesReceived.Name}}{{{OfInstance}}}{{Window}}))"""),
            ],
        };
        yield return Lines("Messages for each WebSocket", "Messages to users a second for each WebSocket: nought while sockets are open is a broken fan-out.", "mps", Grouping.Service.Legend(),
            $$"""sum by ({{Grouping.Service}}) (rate({{WebSocketCatalogue.MessagesSent.Name}}{{{OfInstance}}}{{Window}})) / ({{active}} > 0)""");
        yield return Lines("Ends of WebSockets", "WebSockets that ended, by reason. Shutdown is a rollout; client_abort is a network or a lid.", "cps", byReason.Legend(),
            $$"""sum by ({{byReason}}) (rate({{WebSocketCatalogue.Disconnections.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return new Heatmap("How long WebSockets stay", "How many WebSockets that ended had stayed how long. A band at one value is a time-out in between.", "s")
        {
            Width = Grid.Columns,
            Unit = "short",
            Together = true,
            Queries = [Query.Line("{{le}}", $$"""sum by (le) (increase({{WebSocketCatalogue.Duration.Name}}_bucket{{{OfInstance}}}{{Window}}))""") with { Format = "heatmap" }],
        };
    }

    private static IEnumerable<Panel> Operations()
    {
        var byOperation = new Grouping("job", "operation");
        yield return Lines("Operations", "Operations a second that services count for themselves.", "ops", byOperation.Legend(), $$"""sum by ({{byOperation}}) (rate({{BusinessCatalogue.Operations.Name}}{{{OfInstance}}}{{Window}}))""") with { Width = 8 };
        yield return Lines("Operations that failed", "Part of the operations that failed.", "percentunit", byOperation.Legend(), $$"""
            sum by ({{byOperation}}) (rate({{BusinessCatalogue.Operations.Name}}{{{OfInstance}},{{Outcome}}="failure"}{{Window}}))
            / (sum by ({{byOperation}}) (rate({{BusinessCatalogue.Operations.Name}}{{{OfInstance}}}{{Window}})) > 0)
            """) with { Width = 8 };
        yield return Lines("P95 of operations", "95 of 100 operations were faster; a dot leads to its trace.", "s", "", "") with
        {
            Width = 8,
            Queries = [Query.Line(byOperation.Legend(), $$"""histogram_quantile(0.95, sum by ({{byOperation}}, le) (rate({{BusinessCatalogue.OperationDuration.Name}}_bucket{{{OfInstance}}}{{Window}})))""") with { Exemplars = true }],
        };
    }

    private static string During(string name) => $$"""sum(increase({{name}}{{{OfInstance}}}[$__range]))""";

    private static Stat Total(string title, string description, string name) =>
        new(title, description) { Width = 6, Unit = "short", Together = true, Queries = [Query.Now(title, During(name))] };

    private static TimeSeries By(string title, string description, string unit, string label, string name) =>
        Lines(title, description, unit, new Grouping(label).Legend(), $$"""sum by ({{new Grouping(label)}}) (rate({{name}}{{{OfInstance}}}{{Window}}))""") with { Width = 6, Stacked = true };

    private static TimeSeries Failing(string title, string description, string name) => Lines(title, description, "percentunit", Grouping.Service.Legend(), $$"""
        sum by ({{Grouping.Service}}) (rate({{name}}{{{OfInstance}},{{Outcome}}="failure"}{{Window}}))
        / (sum by ({{Grouping.Service}}) (rate({{name}}{{{OfInstance}}}{{Window}})) > 0)
        """);

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Unit = unit, Min = 0, Links = Link.OfService(Point.OfSeries), Queries = [Query.Line(legend, expr)] };
}
