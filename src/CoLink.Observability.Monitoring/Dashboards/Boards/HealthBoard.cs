using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;
using Prometheus = CoLink.Observability.Monitoring.Exporters.PrometheusItself;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>Whether what watches is itself alive. The job is here whatever is scraped, so no link brings a service along.</summary>
internal static class HealthBoard
{
    public static Dashboard Of(RuleContext context) => new(
        DashboardId.Health,
        "Whether what watches is itself alive: targets, rules, alerts, and the logs and traces of the services. Job chooses among everything that is scraped.",
        Variables($"{Scraped.Up}{{{Place}"),
        [
            new("Alerts now", [.. Alerts()]),
            new("Targets", [.. Targets(context)]),
            new("Prometheus and Alertmanager", [.. Chain()]),
            new("Loki and the collector", [.. Backend()]),
            new("Logs, traces and metrics of the services", [.. TelemetryPanels.Of()]),
        ]);

    private static IEnumerable<Panel> Alerts()
    {
        var (byAlert, bySeverity) = (new Grouping("alertname", "severity", "service"), new Grouping("severity"));
        var firing = $"{Place},alertstate=\"firing\"";
        yield return Table.Of("Firing", "Every alert that fires now, the Watchdog included: if it is missing, the chain is broken.", byAlert,
            new Column("Series", "short", $$"""sum by ({{byAlert}}) ({{Scraped.Alerts}}{{{firing}}})""")) with
        { Width = 12 };
        yield return new TimeSeries("Firing by severity", "Alerts that fire, by whom they tell.")
        {
            Unit = "short",
            Min = 0,
            Stacked = true,
            Queries = [Query.Line(bySeverity.Legend(), $$"""sum by ({{bySeverity}}) ({{Scraped.Alerts}}{{{firing}}})""")],
        };
    }

    private static IEnumerable<Panel> Targets(RuleContext context)
    {
        var timeout = (decimal)context.Platform.Scraping.Timeout.TotalSeconds;
        yield return Table.Of("Targets by job", "A row for each job that is scraped. A job that is missing is not found at all.", Grouping.Service,
            new("Answering", "percentunit", $$"""avg by ({{Grouping.Service}}) ({{Scraped.Up}}{{{OfInstance}}})""") { Thresholds = [new(1, Threshold.Good)], Below = Threshold.Bad },
            new("Targets", "short", $$"""count by ({{Grouping.Service}}) ({{Scraped.Up}}{{{OfInstance}}})"""),
            new("Longest scrape", "s", $$"""max by ({{Grouping.Service}}) ({{Scraped.Duration}}{{{OfInstance}}})""") { Thresholds = Threshold.BadAbove(timeout / 2, timeout) },
            new("Samples", "short", $$"""max by ({{Grouping.Service}}) ({{Scraped.Samples}}{{{OfInstance}}})""") { Thresholds = Threshold.BadAbove(context.Limits.Samples) }) with
        { Width = 12 };
        yield return Lines("Scrapes", "Duration of the longest scrape of a job. The lines: what is told as slow, and the time-out, beyond which there is nothing.", "s", Grouping.Service.Legend(),
            $$"""max by ({{Grouping.Service}}) ({{Scraped.Duration}}{{{OfInstance}}})""") with
        { Width = 12, Thresholds = Threshold.BadAbove(timeout / 2, timeout) };
        yield return Lines("Series of each job", "Samples of one scrape of all instances.", "short", Grouping.Service.Legend(), $$"""sum by ({{Grouping.Service}}) ({{Scraped.Samples}}{{{OfInstance}}})""") with { Width = 12 };
        yield return Lines("New series", "Series that a scrape brought for the first time. They cost most.", "short", Grouping.Service.Legend(), $$"""sum by ({{Grouping.Service}}) ({{Scraped.SeriesAdded}}{{{OfInstance}}})""") with { Width = 12 };
    }

    private static IEnumerable<Panel> Chain()
    {
        var byIntegration = new Grouping("integration");
        yield return Lines("Evaluation of rules", "How long a group of rules takes, as part of its interval. At 1 evaluations are missed.", "percentunit", new Grouping("instance", "rule_group").Legend(),
            $$"""topk(10, {{Prometheus.GroupDuration}}{{{OfInstance}}} / {{Prometheus.GroupInterval}}{{{OfInstance}}})""") with
        { Thresholds = Threshold.BadAbove(1) };
        yield return Lines("Rules that fail or are missed", "Failed evaluations and missed rounds. Any is too many.", "short", "", "") with
        {
            Queries =
            [
                Query.Line(Grouping.Place.Legend("failed"), $$"""sum by ({{Grouping.Place}}) (increase({{Prometheus.RuleFailures}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(Grouping.Place.Legend("missed"), $$"""sum by ({{Grouping.Place}}) (increase({{Prometheus.IterationsMissed}}{{{OfInstance}}}{{Window}}))"""),
            ],
        };
        yield return new Stat("Alertmanagers found", "Alertmanagers that Prometheus knows.")
        {
            Width = 4,
            Height = 8,
            Unit = "short",
            Thresholds = [new(1, Threshold.Good)],
            Below = Threshold.Bad,
            Queries = [Query.Line(Grouping.Place.Legend("found"), $$"""min by ({{Grouping.Place}}) ({{Prometheus.Alertmanagers}}{{{OfInstance}}})""")],
        };
        yield return new Stat("Configurations in force", "Whether the last reload was taken; where it was not, an old configuration is in force.")
        {
            Width = 4,
            Height = 8,
            Unit = "bool_yes_no",
            UpOrDown = true,
            Queries = [Query.Line(Grouping.Place.Legend("Prometheus"), $$"""min by ({{Grouping.Place}}) ({{Prometheus.ReloadSuccessful}}{{{OfInstance}}})"""), Query.Line(Grouping.Place.Legend("Alertmanager"), $$"""min by ({{Grouping.Place}}) ({{Backends.AlertmanagerReload}}{{{OfInstance}}})""")],
        };
        yield return Lines("Notifications", "Notifications that Alertmanager sent and that failed, and alerts that Prometheus dropped.", "cps", "", "") with
        {
            Queries =
            [
                Query.Line(byIntegration.Legend(), $$"""sum by ({{byIntegration}}) (rate({{Backends.Notifications}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(byIntegration.Legend("failed"), $$"""sum by ({{byIntegration}}) (rate({{Backends.NotificationsFailed}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(Grouping.Place.Legend("dropped by Prometheus"), $$"""sum by ({{Grouping.Place}}) (rate({{Prometheus.NotificationsDropped}}{{{OfInstance}}}{{Window}}))"""),
            ],
        };
        yield return Lines("Series in memory", "Series that Prometheus holds in memory, about 4 KiB each.", "short", Grouping.Server.Legend(), $$"""{{Prometheus.HeadSeries}}{{{OfInstance}}}""");
        yield return Lines("Samples", "Samples a second that Prometheus takes in.", "cps", Grouping.Server.Legend(), $$"""sum by ({{Grouping.Server}}) (rate({{Prometheus.SamplesAppended}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Storage", "Blocks on the disk of Prometheus, without the log of the last hours.", "bytes", Grouping.Server.Legend(), $$"""{{Prometheus.StorageBytes}}{{{OfInstance}}}""");
        yield return Lines("Storage that fails", "Failed compactions, broken logs, and scrapes refused for too many samples.", "short", "", "") with
        {
            Width = 16,
            Queries =
            [
                Query.Line(Grouping.Place.Legend("compactions"), $$"""sum by ({{Grouping.Place}}) (increase({{Prometheus.CompactionsFailed}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(Grouping.Place.Legend("corruptions"), $$"""sum by ({{Grouping.Place}}) (increase({{Prometheus.WalCorruptions}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(Grouping.Place.Legend("over the sample limit"), $$"""sum by ({{Grouping.Place}}) (increase({{Prometheus.SampleLimitHit}}{{{OfInstance}}}{{Window}}))"""),
            ],
        };
    }

    private static IEnumerable<Panel> Backend()
    {
        var (byRoute, byReason, byExporter) = (new Grouping("route"), new Grouping("reason"), new Grouping("exporter"));
        yield return Lines("Loki's failures", "Part of Loki's requests that ended with a 5xx, by route.", "percentunit", byRoute.Legend(), $$"""
            sum by ({{byRoute}}) (rate({{Backends.LokiRequests}}_count{{{OfInstance}},status_code=~"5.."}{{Window}}))
            / (sum by ({{byRoute}}) (rate({{Backends.LokiRequests}}_count{{{OfInstance}}}{{Window}})) > 0)
            """);
        yield return Lines("Lines that Loki discards", "By reason: too old, too long, over a limit.", "cps", byReason.Legend(), $$"""sum by ({{byReason}}) (rate({{Backends.LokiDiscarded}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("The collector's spans", "Spans that the collector refused, had no room for in its queue or could not pass on.", "cps", "", "") with
        {
            Queries =
            [
                Query.Line(Grouping.Place.Legend("refused"), $$"""sum by ({{Grouping.Place}}) (rate({{Backends.SpansRefused}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(byExporter.Legend("not queued"), $$"""sum by ({{byExporter}}) (rate({{Backends.SpansNotQueued}}{{{OfInstance}}}{{Window}}))"""),
                Query.Line(byExporter.Legend("not sent"), $$"""sum by ({{byExporter}}) (rate({{Backends.SpansNotSent}}{{{OfInstance}}}{{Window}}))"""),
            ],
        };
        yield return Lines("The collector's queue", "What waits in the collector, of what it may hold.", "percentunit", byExporter.Legend(),
            $$"""max by ({{byExporter}}) ({{Backends.QueueSize}}{{{OfInstance}}} / ({{Backends.QueueCapacity}}{{{OfInstance}}} > 0))""") with
        { Width = Grid.Columns, Height = 6, Max = 1 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 8, Unit = unit, Min = 0, Queries = [Query.Line(legend, expr)] };
}
