using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>Sockets: no request tells when they drop, or when nothing comes through them.</summary>
internal static class WebSocketAlerts
{
    private const string By = RuleContext.By;

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        var (time, limits, jobs) = (context.Time, context.Limits, context.Jobs);
        var (open, least) = (Recorded.Sockets, Number.Format(limits.SocketMinimum));
        var ended = WebSocketCatalogue.Disconnections.Name;

        // A replica that stops ends its sockets itself, with a reason of its own, and may be gone before a scrape has seen them all: it is left
        // out, and those that stay are compared with themselves. Longer than the baseline, since its last samples leave the ranges one by one.
        // Where all are gone there is no number, which is nought. The baseline slides, so the alert would resolve after ten minutes.
        var stopped = $$"""sum by ({{By}}, instance) (increase({{ended}}{{{jobs}},reason="shutdown"}[{{time["15m"]}}])) > 0""";
        string Staying(string offset) => $$"""sum by ({{By}}) ({{WebSocketCatalogue.Active.Name}}{{{jobs}}}{{offset}} unless on ({{By}}, instance) {{stopped}})""";
        var before = Staying($" offset {time["10m"]}");
        yield return new Alert("CoLinkWebSocketConnectionsDropped", Severity.Critical, $$"""
            ({{Staying("")}} or {{before}} * 0)
            < {{Number.Format(1 - limits.SocketDrop)}} * {{before}}
            and on ({{By}}) {{before}} >= {{least}}
            """)
        {
            For = "2m",
            KeepFiringFor = "15m",
            Summary = "{{ $labels.job }} lost its WebSockets",
            Description = "{{ $labels.job }} has {{ $value }} WebSockets open on replicas that nobody stopped, less than half of what those had ten minutes ago.",
            Threshold = $"{Number.Percent(limits.SocketDrop)} of at least {least} within 10 minutes, on replicas that were not stopped",
            Dashboard = DashboardId.Business,
        };

        yield return new Alert("CoLinkWebSocketDisconnectSpike", Severity.Warning, $$"""
            sum by ({{By}}) (rate({{ended}}{{{jobs}},reason!~"normal|going_away|shutdown"}[{{time["5m"]}}])) * {{time.Seconds("1m")}}
            > {{Number.Format(limits.SocketDisconnects)}} * {{open}}
            and on ({{By}}) {{open}} >= {{least}}
            """)
        {
            For = "5m",
            Summary = Alert.Count + " WebSockets of {{ $labels.job }} break a minute",
            Description = Alert.Count + " WebSockets of {{ $labels.job }} end a minute without anybody closing them.",
            Threshold = $"more than {Number.Percent(limits.SocketDisconnects)} of at least {least} open ones a minute for 5 minutes",
            Dashboard = DashboardId.Business,
        };

        yield return new Alert("CoLinkWebSocketStalled", Severity.Critical, $$"""
            {{open}} >= {{least}}
            and on ({{By}}) sum by ({{By}}) (rate({{WebSocketCatalogue.MessagesSent.Name}}{{{jobs}}}[{{time["10m"]}}])) == 0
            """)
        {
            For = "10m",
            Summary = "The WebSockets of {{ $labels.job }} are silent",
            Description = "{{ $labels.job }} has {{ $value }} WebSockets open and has sent nothing through them for 20 minutes.",
            Threshold = $"no message to at least {least} open ones for 20 minutes",
            Dashboard = DashboardId.Business,
        };

        var replicas = $$"""sum by ({{By}}, instance) ({{WebSocketCatalogue.Active.Name}}{{{jobs}}})""";
        // Against the others: the average of all three replicas is never less than a third of the busiest, however crooked they are.
        yield return new Alert("CoLinkWebSocketImbalance", Severity.Info, $$"""
            max by ({{By}}) ({{replicas}})
            / clamp_min((sum by ({{By}}) ({{replicas}}) - max by ({{By}}) ({{replicas}})) / (count by ({{By}}) ({{replicas}}) - 1 > 0), 1)
            > 3
            and on ({{By}}) {{open}} >= {{least}}
            """)
        {
            For = "30m",
            Summary = "One replica of {{ $labels.job }} carries most of its WebSockets",
            Description = "The busiest replica of {{ $labels.job }} has " + Alert.Tenths + " times the WebSockets that the others have on average.",
            Threshold = "three times the average of the other replicas for 30 minutes",
            Dashboard = DashboardId.Business,
        };
    }
}
