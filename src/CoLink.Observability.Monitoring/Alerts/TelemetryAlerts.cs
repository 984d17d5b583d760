using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>Where the services' own telemetry is blind: it says so on <c>/metrics</c>, the road that still works.</summary>
internal static class TelemetryAlerts
{
    private const string By = RuleContext.By;
    private const string ByInstance = By + ", instance";

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        var (time, jobs) = (context.Time, context.Jobs);
        var stale = time.Seconds("10m");

        yield return Blind("CoLinkLogsLost", "0s",
            $$"""sum by ({{By}}) (increase({{LogCatalogue.Events.Name}}{{{jobs}},outcome!="delivered"}[{{time["10m"]}}])) > 0""",
            "{{ $labels.job }} lost " + Alert.Count + " log events", "any within 10 minutes that Loki did not take");
        yield return Blind("CoLinkConsoleLogsLost", "0s",
            $$"""sum by ({{By}}) (increase({{LogCatalogue.ConsoleEvents.Name}}{{{jobs}},outcome="dropped"}[{{time["10m"]}}])) > 0""",
            "{{ $labels.job }} dropped " + Alert.Count + " lines of its standard output", "any within 10 minutes");
        yield return Blind("CoLinkLogsStuck", "1m",
            $$"""max by ({{ByInstance}}) ({{LogCatalogue.OldestHeld.Name}}{{{jobs}}}) > {{stale}}""",
            "Log events of {{ $labels.job }} have waited for {{ $value | humanizeDuration }}", "held for more than 10 minutes");
        yield return Blind("CoLinkLogSpoolFilling", "5m",
            $$"""max by ({{ByInstance}}) ({{LogCatalogue.SpoolBytes.Name}}{{{jobs}}} / ({{LogCatalogue.SpoolMaxBytes.Name}}{{{jobs}}} > 0)) > 0.8""",
            "The log spool of {{ $labels.instance }} is filled to {{ $value | humanizePercentage }}", "more than 80 % for 5 minutes");
        yield return Blind("CoLinkSpansLost", "0s",
            $$"""sum by ({{By}}, outcome) (increase({{SelfCatalogue.Spans.Name}}{{{jobs}},outcome!="exported"}[{{time["10m"]}}])) > 0""",
            Alert.Count + " spans of {{ $labels.job }} are lost ({{ $labels.outcome }})", "any within 10 minutes");

        foreach (var (signal, emitted) in new[] { ("logs", LogCatalogue.Emitted.Name), ("traces", SelfCatalogue.Spans.Name) })
        {
            var written = $$"""sum by ({{ByInstance}}) (increase({{emitted}}{{{jobs}}}[{{time["10m"]}}])) > 0""";
            var success = $$"""max by ({{ByInstance}}, signal) ({{SelfCatalogue.LastSuccess.Name}}{{{jobs}},signal="{{signal}}"})""";
            // A success that never was has no time: what is written and never arrives is stale as well.
            yield return Blind("CoLinkExportStale", "5m", $"""
                (
                  time() - {success} > {stale}
                  and on ({ByInstance}) {written}
                )
                or on ({ByInstance})
                ({written} unless on ({ByInstance}) {success})
                """, $$$"""{{ $labels.instance }} of {{ $labels.job }} does not get its {{{signal}}} out""", "no success for 10 minutes, or never, while there is something to export, for 5 minutes") with
            { Form = signal, Labels = new(StringComparer.Ordinal) { ["signal"] = signal } };
        }

        yield return Blind("CoLinkLabelsRefused", "0s",
            $$"""sum by ({{By}}, metric) (increase({{SelfCatalogue.LabelValuesRefused.Name}}{{{jobs}}}[{{time["15m"]}}])) > 0""",
            "{{ $labels.metric }} of {{ $labels.job }} has too many label values", "any record folded into _other within 15 minutes");
        yield return Blind("CoLinkScrapeSlow", "10m",
            $$"""{{Scraped.Duration}}{{{jobs}}} > {{Number.Format((decimal)context.Platform.Scraping.Timeout.TotalSeconds / 2)}}""",
            "Scraping {{ $labels.instance }} of {{ $labels.job }} takes {{ $value | humanizeDuration }}", "half of the scrape's time-out for 10 minutes");
        yield return Blind("CoLinkObserverErrors", "0s",
            $$"""sum by ({{By}}, observer) (increase({{SelfCatalogue.ObserverErrors.Name}}{{{jobs}}}[{{time["15m"]}}])) > 0""",
            "The {{ $labels.observer }} metrics of {{ $labels.job }} may be short", "any failure of an observer within 15 minutes");
        // A source that nobody listens to has no series that could be 0, which is the same blindness.
        foreach (var service in context.Services)
            foreach (var source in service.Sources)
                yield return Blind("CoLinkSourceSilent", "15m", $$"""
                    {{Scraped.Up}}{job="{{service.Name}}"} == 1
                    unless on ({{ByInstance}}) {{SelfCatalogue.SourceActive.Name}}{job="{{service.Name}}",source="{{source}}"} == 1
                    """, $$$"""{{ $labels.instance }} of {{ $labels.job }} does not hear {{{source}}}""", "a declared source not heard for 15 minutes") with
                { Form = $"{source} in {service.Name}", Service = service.Name, Labels = new(StringComparer.Ordinal) { ["source"] = source } };
    }

    private static Alert Blind(string name, string pause, string expr, string what, string threshold) => new(name, Severity.Warning, expr)
    {
        For = pause,
        Summary = what,
        Description = what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Health,
    };
}
