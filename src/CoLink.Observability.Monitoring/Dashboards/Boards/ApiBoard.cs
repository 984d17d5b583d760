using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>The requests of a service: how many, how they end, how long they take, which endpoint and which replica it is.</summary>
internal static class ApiBoard
{
    private static readonly Grouping ByEndpoint = new("job", "method", "endpoint");

    private static readonly string[] Classes = ["2", "3", "4", "5"];

    /// <summary>What a table of the worst holds: more is a list, not a ranking.</summary>
    private const int Worst = 10;

    public static Dashboard Of(RuleContext context) => new(
        DashboardId.Api,
        "Requests of the chosen services, endpoints and instances: rate, errors, durations, and the logs and traces behind them.",
        [.. OfServices(context), .. Requests],
        [
            new("At a glance", [.. Glance(context)]),
            new("Requests and errors", [.. RequestsAndErrors(context)]),
            new("Durations", [.. Durations(context)]),
            new("Endpoints", [.. Endpoints(context)]),
            new("Instances", [.. Instances(context)]),
            new("Logs and traces", [.. LogsAndTraces()]),
        ]);

    private static Http Chosen => new("," + Selectors.Chosen);

    private static IEnumerable<Panel> Glance(RuleContext context)
    {
        yield return Number("Request rate", "Requests answered a second.", "reqps", $"sum({Chosen.Rate(Grouping.Service)})");
        yield return Number("Errors", "Part of the requests that ended with a 5xx, of the worst of the chosen services.", "percentunit", $"max({Chosen.ErrorRatio(Grouping.Service)})") with { Thresholds = Objectives.Errors(context) };
        yield return Number("P95 now", "95 of 100 requests were faster.", "s", Chosen.Quantile("0.95")) with { Thresholds = Threshold.BadAbove(Objectives.Seconds(context, Objective.LatencyP95), context.Limits.LatencyP95) };
        yield return Number("P99 now", "99 of 100 requests were faster.", "s", Chosen.Quantile("0.99")) with { Thresholds = Threshold.BadAbove(Objectives.Seconds(context, Objective.LatencyP99)) };
        yield return Number("In flight", "Requests being answered now, whatever their endpoint: it is known at their end only.", "short", $"sum({Http.InProgress(Grouping.Service)})");
        yield return Number("Error budget left", "The smallest part left of what the chosen services may fail within 30 days.", "percentunit", $$"""min({{Recorded.BudgetRemaining(Ranges.Month)}}{{{OfService}}})""") with { Thresholds = Objectives.Left, Below = Threshold.Bad };
    }

    private static IEnumerable<Panel> RequestsAndErrors(RuleContext context)
    {
        yield return new TimeSeries("Requests by class of status", "4xx is what clients did wrong, 5xx what the service did; 499 is a client that went away.")
        {
            Unit = "reqps",
            Min = 0,
            Stacked = true,
            Together = true,
            Queries = [.. Classes.Select(hundreds => Query.Line($"{hundreds}xx", $"sum({Chosen.Rate(Grouping.Service, hundreds + "..")})"))],
        };
        yield return new TimeSeries("Error ratio", "Part of the requests that ended with a 5xx. The lines: what availability allows, and what pages.")
        {
            Unit = "percentunit",
            Min = 0,
            Thresholds = Objectives.Errors(context),
            Links = Link.OfService(Point.OfSeries),
            Queries = [Query.Line(Grouping.Service.Legend(), Chosen.ErrorRatio(Grouping.Service))],
        };
    }

    private static IEnumerable<Panel> Durations(RuleContext context)
    {
        var (satisfied, tolerated) = (Objectives.Seconds(context, Objective.LatencyP95), Objectives.Seconds(context, Objective.LatencyP99));
        yield return new TimeSeries("Duration of requests", "Half, 95 and 99 of 100 requests were faster; a dot is one request and leads to its trace. The lines are the objectives' bounds.")
        {
            Unit = "s",
            Min = 0,
            Together = true,
            Thresholds = Objectives.Latency(context),
            Queries =
            [
                Query.Line("P50", Chosen.Quantile("0.5")) with { Exemplars = true },
                Query.Line("P95", Chosen.Quantile("0.95")) with { Exemplars = true },
                Query.Line("P99", Chosen.Quantile("0.99")) with { Exemplars = true },
            ],
        };
        yield return new Heatmap("Distribution of durations", "How many requests took how long. Two bands are two kinds of requests, which a quantile would hide.", "s")
        {
            Unit = "short",
            Together = true,
            Queries = [Query.Line("{{le}}", Chosen.Buckets) with { Format = "heatmap", Exemplars = true }],
        };
        yield return Share(context, Objective.LatencyP95);
        yield return Share(context, Objective.LatencyP99);
        yield return new TimeSeries("Apdex", $"Requests within {satisfied} s count whole, those within {tolerated} s half. 1 is as good as can be.")
        {
            Width = 8,
            Unit = "none",
            Min = 0,
            Max = 1,
            Links = Link.OfService(Point.OfSeries),
            Queries = [Query.Line(Grouping.Service.Legend(), Chosen.Apdex(satisfied, tolerated, Grouping.Service))],
        };
    }

    private static TimeSeries Share(RuleContext context, string slo)
    {
        var seconds = Objectives.Seconds(context, slo);
        return new($"Requests within {seconds} s", "The objective's own form: part of the requests within the bound, counted, without interpolation. It must stay above the line.")
        {
            Width = 8,
            Unit = "percentunit",
            Max = 1,
            Thresholds = [new(Objectives.Ratio(context, slo), Threshold.Good)],
            Below = Threshold.Bad,
            Links = Link.OfService(Point.OfSeries),
            Queries = [Query.Line(Grouping.Service.Legend(), Chosen.Within(seconds, Grouping.Service))],
        };
    }

    private static IEnumerable<Panel> Endpoints(RuleContext context)
    {
        yield return Ranking("Slowest endpoints", "The endpoints with the highest P95 at the end of the range.",
            new("P95", "s", $"topk({Worst}, {Chosen.Quantile("0.95", ByEndpoint)} > 0)") { Thresholds = Objectives.Latency(context) });
        yield return Ranking("Failing endpoints", "The endpoints with the highest part of 5xx at the end of the range.",
            new("Errors", "percentunit", $"topk({Worst}, {Chosen.ErrorRatio(ByEndpoint)})") { Thresholds = Objectives.Errors(context) });
        yield return Ranking("Busiest endpoints", "The endpoints with the most requests at the end of the range.",
            new("Requests", "reqps", $"topk({Worst}, {Chosen.Rate(ByEndpoint)})"));
    }

    private static IEnumerable<Panel> Instances(RuleContext context)
    {
        yield return Instance("Requests by instance", "One that gets fewer is new, or the balancer avoids it.", "reqps", Chosen.Rate(Grouping.Instance));
        yield return Instance("Error ratio by instance", "One that fails alone can be taken out.", "percentunit", Chosen.ErrorRatio(Grouping.Instance)) with { Thresholds = Objectives.Errors(context) };
        yield return Instance("P95 by instance", "One that is slow alone has a bad node or a full heap.", "s", Chosen.Quantile("0.95", Grouping.Instance)) with { Thresholds = Objectives.Latency(context) };
        yield return Instance("Requests in flight by instance", "One on which requests pile up waits for something.", "short", Http.InProgress(Grouping.Instance));
    }

    private static IEnumerable<Panel> LogsAndTraces()
    {
        yield return new Logs("Errors in the logs", "Lines of the chosen services at ERROR and FATAL. A line's trace id leads to its trace.")
        {
            Height = 12,
            Queries = [new(DataSource.Loki, """{namespace=~"$namespace",app=~"$job"} | json | level=~"ERROR|FATAL" """.TrimEnd())],
        };
        yield return new TraceList("Failed traces", "Traces of the chosen services that failed; the id opens the trace. Tempo finds a trace some seconds after its end.")
        {
            Height = 12,
            Queries = [new(DataSource.Tempo, """{ resource.service.name =~ "$job" && status = error }""")],
        };
    }

    private static Stat Number(string title, string description, string unit, string expr) =>
        new(title, description) { Width = 4, Unit = unit, Past = true, Together = true, Queries = [Query.Line(title, expr)] };

    private static Table Ranking(string title, string description, Column column) =>
        Table.Of(title, description, ByEndpoint, column) with { Width = 8, Height = 10, LinkedLabel = "endpoint", LabelLinks = [Link.Logs(Point.OfRow), Link.Traces(Point.OfRow)] };

    private static TimeSeries Instance(string title, string description, string unit, string expr) =>
        new(title, description) { Unit = unit, Min = 0, Queries = [Query.Line(Grouping.Instance.Legend(), expr)] };
}
