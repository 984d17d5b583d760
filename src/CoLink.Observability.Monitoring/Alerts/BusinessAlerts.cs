using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>What users do, against what they did a week ago at this time.</summary>
internal static class BusinessAlerts
{
    private const string By = RuleContext.By;

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        var (time, limits, jobs) = (context.Time, context.Limits, context.Jobs);
        yield return Stopped("CoLinkMessagesStopped", BusinessCatalogue.MessagesSent.Name, "messages", context);
        yield return Stopped("CoLinkSearchStopped", BusinessCatalogue.SearchQueries.Name, "searches", context);

        var uploads = BusinessCatalogue.FileUploads.Name;
        var outcome = BusinessCatalogue.Outcome.Name;
        yield return new Alert("CoLinkUploadsFailing", Severity.Warning, $$"""
            sum by ({{By}}) (rate({{uploads}}{{{jobs}},{{outcome}}="failure"}[{{time["15m"]}}]))
            / (sum by ({{By}}) (rate({{uploads}}{{{jobs}}}[{{time["15m"]}}])) > 0)
            > {{Number.Format(limits.ErrorRatio)}}
            and on ({{By}}) sum by ({{By}}) (increase({{uploads}}{{{jobs}},{{outcome}}="failure"}[{{time["15m"]}}])) >= {{Number.Format(limits.ErrorMinimum)}}
            """)
        {
            For = "10m",
            Summary = "{{ $value | humanizePercentage }} of the uploads to {{ $labels.job }} fail",
            Description = "{{ $value | humanizePercentage }} of the files that users send to {{ $labels.job }} are not taken.",
            Threshold = $"more than {Number.Percent(limits.ErrorRatio)} of uploads, at least {Number.Format(limits.ErrorMinimum)} within 15 minutes",
            Dashboard = DashboardId.Business,
        };

        var registrations = $$"""sum by ({{By}}) (increase({{BusinessCatalogue.UserRegistrations.Name}}{{{jobs}}}[{{time["1h"]}}]""";
        yield return new Alert("CoLinkRegistrationsAnomaly", Severity.Info, $$"""
            {{registrations}})) > 10 * {{registrations}} offset {{time[Ranges.Week]}}))
            and on ({{By}}) {{registrations}})) > 20
            """)
        {
            For = "15m",
            Summary = Alert.Count + " users registered with {{ $labels.job }} within an hour",
            Description = Alert.Count + " users registered within an hour, ten times as many as a week ago: a campaign, or abuse.",
            Threshold = "more than 20 within an hour, and ten times those of a week ago",
            Dashboard = DashboardId.Business,
        };
    }

    private static Alert Stopped(string name, string metric, string what, RuleContext context)
    {
        var rate = $$"""sum by ({{By}}) (rate({{metric}}{{{context.Jobs}}}[{{context.Time["15m"]}}]""";
        return new Alert(name, Severity.Warning, $$"""
            {{rate}})) == 0
            and on ({{By}}) {{rate}} offset {{context.Time[Ranges.Week]}})) > 0.1
            """)
        {
            For = "15m",
            Summary = $$$"""{{ $labels.job }} gets no {{{what}}}""",
            Description = $$$"""{{ $labels.job }} has had no {{{what}}} for half an hour; a week ago at this time it had.""",
            Threshold = $"no {what} for 30 minutes, while a week ago there were more than 0.1 a second",
            Dashboard = DashboardId.Business,
        };
    }
}
