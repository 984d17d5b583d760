using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>How requests end and how long they take: the handbook's thresholds.</summary>
internal static class RequestAlerts
{
    private const string By = RuleContext.By;
    private const string ByEndpoint = By + ", method, endpoint";

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        var (time, limits) = (context.Time, context.Limits);
        var total = HttpCatalogue.Requests.Name;
        var failed = $$"""{{total}}{status=~"5..",{{context.Counted}}}""";
        var errorRatio = Number.Format(limits.ErrorRatio);

        // The second part keeps one failure of three from paging, and lets a total outage of a quiet service page.
        yield return new Alert("CoLinkHighErrorRate", Severity.Critical, $$"""
            {{Recorded.ErrorRatio("5m")}} > {{errorRatio}}
            and on ({{By}}) {{Recorded.Errors("5m")}} * {{time.Seconds("5m")}} >= {{Number.Format(limits.ErrorMinimum)}}
            """)
        {
            For = "5m",
            KeepFiringFor = BurnRate.Fastest.Short,
            Summary = "{{ $labels.job }} fails {{ $value | humanizePercentage }} of its requests",
            Description = "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} in {{ $labels.namespace }} have ended with a 5xx for 5 minutes.",
            Threshold = $"more than {Number.Percent(limits.ErrorRatio)} of at least {Number.Format(limits.ErrorMinimum)} failures within 5 minutes",
            Dashboard = DashboardId.Api,
        };

        yield return new Alert("CoLinkEndpointHighErrorRate", Severity.Warning, $$"""
            sum by ({{ByEndpoint}}) (rate({{failed}}[{{time["15m"]}}]))
            / (sum by ({{ByEndpoint}}) (rate({{total}}{{{context.Counted}}}[{{time["15m"]}}])) > 0)
            > {{errorRatio}}
            and on ({{ByEndpoint}}) sum by ({{ByEndpoint}}) (increase({{failed}}[{{time["15m"]}}])) >= 10
            """)
        {
            For = "15m",
            Summary = "{{ $labels.method }} {{ $labels.endpoint }} of {{ $labels.job }} fails {{ $value | humanizePercentage }} of its requests",
            Description = "{{ $value | humanizePercentage }} of the requests to {{ $labels.method }} {{ $labels.endpoint }} of {{ $labels.job }} have ended with a 5xx; busier endpoints hide it in the service's own rate.",
            Threshold = $"more than {Number.Percent(limits.ErrorRatio)} of one endpoint's requests, at least 10 failures within 15 minutes",
            Dashboard = DashboardId.Api,
        };

        var slow = $$"""
            {{Recorded.P95}} > {{Number.Format(limits.LatencyP95)}}
            and on ({{By}}) {{Recorded.Requests("5m")}} * {{time.Seconds("5m")}} >= {{Number.Format(limits.LatencyMinimum)}}
            """;
        var latencyBurns = $$"""{{Scraped.Alerts}}{alertname="{{BudgetAlerts.Burn}}",alertstate="firing",slo=~"{{Objective.LatencyP95}}|{{Objective.LatencyP99}}"}""";
        var latency = new Alert("CoLinkHighLatencyP95", Severity.Warning, $"{slow}\nunless on ({By}) {latencyBurns}")
        {
            For = "10m",
            Summary = "{{ $labels.job }} takes {{ $value | humanizeDuration }} (P95)",
            Description = "5 of 100 requests to {{ $labels.job }} in {{ $labels.namespace }} have taken longer than {{ $value | humanizeDuration }} for 10 minutes.",
            Threshold = $"P95 above {Number.Format(limits.LatencyP95)} s, at least {Number.Format(limits.LatencyMinimum)} requests within 5 minutes",
            Dashboard = DashboardId.Api,
        };
        yield return latency;
        // Where the latency's budget burns that alert tells; this one stays as a fact beside it.
        yield return latency with { Severity = Severity.Info, Expr = $"{slow}\nand on ({By}) {latencyBurns}", Form = "while a latency budget burns" };

        // Little's law: requests under way are their rate times their duration. Ten times that is a pile-up, or a gauge that leaks.
        // Where all hang, none ends and there is neither rate nor duration: that is the worst pile-up, not none.
        var underWay = $$"""sum by ({{By}}) ({{HttpCatalogue.InProgress.Name}}{{{context.Jobs}}})""";
        yield return new Alert("CoLinkInFlightSaturation", Severity.Warning, $$"""
            {{underWay}}
            > 10 * clamp_min({{Recorded.Requests("5m")}} * on ({{By}}) {{Recorded.Average}} or {{underWay}} * 0, 1)
            """)
        {
            For = "10m",
            Summary = "Requests pile up in {{ $labels.job }}",
            Description = "{{ $value }} requests are under way in {{ $labels.job }}, more than ten times what its rate and its durations explain.",
            Threshold = "ten times the requests that rate and duration explain",
            Dashboard = DashboardId.Api,
        };
    }
}
