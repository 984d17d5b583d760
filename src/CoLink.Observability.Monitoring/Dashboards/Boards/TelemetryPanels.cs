using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>What the library says about itself: where the services' own telemetry is blind.</summary>
internal static class TelemetryPanels
{
    public static IEnumerable<Panel> Of()
    {
        var byOutcome = new Grouping("job", "outcome");
        var byPlace = new Grouping("job", "place");
        var byResult = new Grouping("job", "result");
        var byReason = new Grouping("job", "signal", "reason");
        var bySignal = new Grouping("job", "signal");
        var byMetric = new Grouping("job", "metric");
        var byObserver = new Grouping("job", "observer");
        var bySource = new Grouping("source");
        var byVersion = new Grouping("job", "version", "library_version", "environment");
        yield return Lines("Log events lost", "Log events that Loki did not get, by their fate, and lines that standard output did not.", "short", "", "") with
        {
            Queries =
            [
                Query.Line(byOutcome.Legend(), $$"""sum by ({{byOutcome}}) (increase({{LogCatalogue.Events.Name}}{{{OfInstance}},outcome!="delivered"}{{Window}}))"""),
                Query.Line(Grouping.Service.Legend("console"), $$"""sum by ({{Grouping.Service}}) (increase({{LogCatalogue.ConsoleEvents.Name}}{{{OfInstance}},outcome="dropped"}{{Window}}))"""),
            ],
        };
        yield return Lines("Log events emitted", "Log events a second that services hand to the Loki client.", "cps", Grouping.Service.Legend(), $$"""sum by ({{Grouping.Service}}) (rate({{LogCatalogue.Emitted.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Log events held", "Log events that wait, by where.", "short", byPlace.Legend(), $$"""sum by ({{byPlace}}) ({{LogCatalogue.Held.Name}}{{{OfInstance}}})""");
        yield return Lines("Oldest log event held", "How long the oldest has waited. It is told as stuck at 10 minutes.", "s", Grouping.Service.Legend(), $$"""max by ({{Grouping.Service}}) ({{LogCatalogue.OldestHeld.Name}}{{{OfInstance}}})""");
        yield return Lines("Pushes to Loki", "Pushes a second, by their result.", "cps", byResult.Legend(), $$"""sum by ({{byResult}}) (rate({{LogCatalogue.Pushes.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Log spool", "What is spooled of what the spool may hold; beyond it the oldest is dropped.", "percentunit", Grouping.Instance.Legend(),
            $$"""max by ({{Grouping.Instance}}) ({{LogCatalogue.SpoolBytes.Name}}{{{OfInstance}}} / ({{LogCatalogue.SpoolMaxBytes.Name}}{{{OfInstance}}} > 0))""") with
        { Max = 1 };
        yield return Lines("Spans", "Spans a second, by their fate.", "cps", byOutcome.Legend(), $$"""sum by ({{byOutcome}}) (rate({{SelfCatalogue.Spans.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Time since the last export", "How long ago an export last succeeded. It grows where there is nothing to export as well.", "s", bySignal.Legend(),
            $$"""time() - max by ({{bySignal}}) ({{SelfCatalogue.LastSuccess.Name}}{{{OfInstance}}})""");
        yield return Lines("Exports that failed", "Failed exports, by signal and reason.", "cps", byReason.Legend(), $$"""sum by ({{byReason}}) (rate({{SelfCatalogue.ExportFailures.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Records with too many label values", "Records folded into _other, by metric.", "short", byMetric.Legend(), $$"""sum by ({{byMetric}}) (increase({{SelfCatalogue.LabelValuesRefused.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Errors of observers", "Failures of the library's own observers: a metric may be short.", "short", byObserver.Legend(), $$"""sum by ({{byObserver}}) (increase({{SelfCatalogue.ObserverErrors.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Sources not heard", "Sources that a service listens to by name and that do not exist in it: harmless where it does not use them.", "short", bySource.Legend(), $$"""count by ({{bySource}}) ({{SelfCatalogue.SourceActive.Name}}{{{OfInstance}}} == 0)""");
        yield return Table.Of("Largest metrics", "The metrics with the most series, of the largest instance of each service.", byMetric,
            new Column("Series", "short", $$"""topk(20, max by ({{byMetric}}) ({{SelfCatalogue.Series.Name}}{{{OfInstance}}}))""")) with
        { Width = 12, Height = 10 };
        yield return Table.Of("Versions", "Which version of each service runs, and with which version of the library.", byVersion,
            new Column("Instances", "short", $$"""count by ({{byVersion}}) ({{SelfCatalogue.BuildInfoName}}{{{OfInstance}}})""")) with
        { Width = 12, Height = 10 };
    }

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Width = 8, Unit = unit, Min = 0, Links = Link.OfService(Point.OfSeries), Queries = [Query.Line(legend, expr)] };
}
