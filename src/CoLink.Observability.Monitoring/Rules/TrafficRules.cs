using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>What each service does: requests, failures, durations, sockets, and whether it is there.</summary>
internal static class TrafficRules
{
    private const string By = RuleContext.By;
    private static readonly string Total = HttpCatalogue.Requests.Name;
    private static readonly string Duration = HttpCatalogue.Duration.Name;

    public static IEnumerable<Rule> Of(RuleContext context)
    {
        foreach (var window in Ranges.Burn)
            foreach (var rule in Of(context, window))
                yield return rule;

        yield return new RecordingRule(Recorded.P95, Quantile(context, "0.95"));
        yield return new RecordingRule(Recorded.P99, Quantile(context, "0.99"));
        yield return new RecordingRule(Recorded.Average, $$"""
            sum by ({{By}}) (rate({{Duration}}_sum{{{context.Jobs}},{{RuleContext.Timed}}}[{{context.Time[Ranges.Short]}}]))
            / ({{Recorded.Timed(Ranges.Short)}} > 0)
            """);
        yield return new RecordingRule(Recorded.Up, $$"""max by ({{By}}) ({{Scraped.Up}}{{{context.Jobs}}})""");
        yield return new RecordingRule(Recorded.Sockets, $$"""sum by ({{By}}) ({{WebSocketCatalogue.Active.Name}}{{{context.Jobs}}})""");
        // A partition that nobody has committed has the lag -1.
        yield return new RecordingRule(Recorded.KafkaLag, $$"""sum by (cluster, namespace, consumergroup, topic) (clamp_min({{KafkaExporter.Lag}}, 0))""");
    }

    private static IEnumerable<Rule> Of(RuleContext context, string window)
    {
        var range = context.Time[window];
        yield return new RecordingRule(Recorded.Requests(window), $$"""sum by ({{By}}) (rate({{Total}}{{{context.Counted}}}[{{range}}]))""");
        // Where nothing has ever failed there is no series of failures: nought is what it is, and without it there is no ratio.
        yield return new RecordingRule(Recorded.Errors(window), $$"""
            sum by ({{By}}) (rate({{Total}}{status=~"5..",{{context.Counted}}}[{{range}}]))
            or {{Recorded.Requests(window)}}{{{context.Jobs}}} * 0
            """);
        // Where there is no request there is no ratio: 0/0 would poison every sum it enters.
        yield return new RecordingRule(Recorded.ErrorRatio(window), $"{Recorded.Errors(window)} / ({Recorded.Requests(window)} > 0)");
        yield return new RecordingRule(Recorded.Timed(window), $$"""sum by ({{By}}) (rate({{Duration}}_count{{{context.Jobs}},{{RuleContext.Timed}}}[{{range}}]))""");
        foreach (var slo in Objective.Names.Where(name => name != Objective.Availability))
            foreach (var rule in Slow(context, slo, window))
                yield return rule;
    }

    /// <summary>A rule for each bound that services have: requests beyond it, as a count, since quantiles can be neither added nor averaged.</summary>
    private static IEnumerable<Rule> Slow(RuleContext context, string slo, string window)
    {
        var range = context.Time[window];
        var bounds = context.Services.GroupBy(service => service.Objectives.Single(objective => objective.Slo == slo).Seconds).OrderBy(same => same.Key);
        foreach (var same in bounds)
        {
            var jobs = $"job=~\"{RuleContext.Alternatives(same)}\"";
            yield return new RecordingRule(Recorded.Slow(window), $$"""
                clamp_min(
                  {{Recorded.Timed(window)}}{{{jobs}}}
                  - sum by ({{By}}) (rate({{Duration}}_bucket{{{jobs}},{{RuleContext.Le(same.Key)}},{{RuleContext.Timed}}}[{{range}}])),
                  0)
                """)
            { Labels = { ["slo"] = slo } };
        }
    }

    private static string Quantile(RuleContext context, string quantile) => $$"""
        histogram_quantile({{quantile}},
          sum by ({{By}}, le) (rate({{Duration}}_bucket{{{context.Jobs}},{{RuleContext.Timed}}}[{{context.Time[Ranges.Short]}}])))
        """;
}
