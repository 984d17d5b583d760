using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>What the library says about itself: where the services' own telemetry is blind.</summary>
internal static class TelemetryPanels
{
    public static IEnumerable<Panel> Of()
    {
        yield return Lines("Log events lost", "Log events that Loki did not get, by their fate, and lines that standard output did not.", "short", "", "") with
        {
            Queries =
            [
                Query.Line("{{job}} {{outcome}}", $$"""sum by (job, outcome) (increase({{LogCatalogue.Events.Name}}{{{OfInstance}},outcome!="delivered"}{{Window}}))"""),
                Query.Line("{{job}} console", $$"""sum by (job) (increase({{LogCatalogue.ConsoleEvents.Name}}{{{OfInstance}},outcome="dropped"}{{Window}}))"""),
            ],
        };
        yield return Lines("Log events emitted", "Log events a second that services hand to the Loki client.", "cps", "{{job}}", $$"""sum by (job) (rate({{LogCatalogue.Emitted.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Log events held", "Log events that wait, by where.", "short", "{{job}} {{place}}", $$"""sum by (job, place) ({{LogCatalogue.Held.Name}}{{{OfInstance}}})""");
        yield return Lines("Oldest log event held", "How long the oldest has waited. It is told as stuck at 10 minutes.", "s", "{{job}}", $$"""max by (job) ({{LogCatalogue.OldestHeld.Name}}{{{OfInstance}}})""");
        yield return Lines("Pushes to Loki", "Pushes a second, by their result.", "cps", "{{job}} {{result}}", $$"""sum by (job, result) (rate({{LogCatalogue.Pushes.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Log spool", "What is spooled of what the spool may hold; beyond it the oldest is dropped.", "percentunit", "{{job}} {{instance}}",
            $$"""max by (job, instance) ({{LogCatalogue.SpoolBytes.Name}}{{{OfInstance}}} / ({{LogCatalogue.SpoolMaxBytes.Name}}{{{OfInstance}}} > 0))""") with
        { Max = 1 };
        yield return Lines("Spans", "Spans a second, by their fate.", "cps", "{{job}} {{outcome}}", $$"""sum by (job, outcome) (rate({{SelfCatalogue.Spans.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Time since the last export", "How long ago an export last succeeded. It grows where there is nothing to export as well.", "s", "{{job}} {{signal}}",
            $$"""time() - max by (job, signal) ({{SelfCatalogue.LastSuccess.Name}}{{{OfInstance}}})""");
        yield return Lines("Exports that failed", "Failed exports, by signal and reason.", "cps", "{{job}} {{signal}} {{reason}}", $$"""sum by (job, signal, reason) (rate({{SelfCatalogue.ExportFailures.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Records with too many label values", "Records folded into _other, by metric.", "short", "{{job}} {{metric}}", $$"""sum by (job, metric) (increase({{SelfCatalogue.LabelValuesRefused.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Errors of observers", "Failures of the library's own observers: a metric may be short.", "short", "{{job}} {{observer}}", $$"""sum by (job, observer) (increase({{SelfCatalogue.ObserverErrors.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Sources not heard", "Sources that a service listens to by name and that do not exist in it: harmless where it does not use them.", "short", "{{source}}", $$"""count by (source) ({{SelfCatalogue.SourceActive.Name}}{{{OfInstance}}} == 0)""");
        yield return Table.Of("Largest metrics", "The metrics with the most series, of the largest instance of each service.", ["job", "metric"],
            new Column("Series", "short", $$"""topk(20, max by (job, metric) ({{SelfCatalogue.Series.Name}}{{{OfInstance}}}))""")) with
        { Width = 12, Height = 10 };
        yield return Table.Of("Versions", "Which version of each service runs, and with which version of the library.", ["job", "version", "library_version", "environment"],
            new Column("Instances", "short", $$"""count by (job, version, library_version, environment) ({{SelfCatalogue.BuildInfoName}}{{{OfInstance}}})""")) with
        { Width = 12, Height = 10 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 8, Unit = unit, Min = 0, Links = Link.OfService(), Queries = [Query.Line(legend, expr)] };
}
