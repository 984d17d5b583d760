using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>All services on one screen: what is promised, who is ill, where to go on.</summary>
internal static class OverviewBoard
{
    private static readonly Grouping ByCheck = new("job", "check");

    public static Dashboard Of(RuleContext context) => new(
        DashboardId.Overview,
        "Every service at a glance: error budgets, health, traffic and what they depend on.",
        OfServices(context),
        [new("Promises", [.. Promises()]), new("Services", Services(context)), new("Traffic", [.. Traffic(context)]), new("Resources", [.. Resources(context)]), new("Dependencies", [.. Dependencies(context)])]);

    private static IEnumerable<Panel> Promises()
    {
        yield return new Stat("Services up", "Services of which at least one replica answers Prometheus, and services that are known.")
        {
            Width = 6,
            Unit = "short",
            Together = true,
            Queries = [Query.Line("up", $$"""sum({{Recorded.Up}}{{{OfService}}})"""), Query.Line("known", $$"""count({{Recorded.Up}}{{{OfService}}})""")],
        };
        foreach (var (window, days) in new[] { (Ranges.Month, "30 days"), (Ranges.Week, "7 days") })
            yield return new Stat($"Error budget left, {days}", $"The smallest part left of what a service may fail within {days}. Below nought the promise is broken.")
            {
                Width = 6,
                Unit = "percentunit",
                Together = true,
                Thresholds = Objectives.Left,
                Below = Threshold.Bad,
                Queries = [Query.Line("{{slo}}", $$"""min by (slo) ({{Recorded.BudgetRemaining(window)}}{{{OfService}}})""")],
            };
        yield return new Stat("Budget minutes left, 30 days", "The budget that is left as minutes of a total outage, of the service that has the least.")
        {
            Width = 6,
            Unit = "m",
            Together = true,
            Thresholds = [new(0, Threshold.Good)],
            Below = Threshold.Bad,
            Queries = [Query.Line("{{slo}}", $$"""min by (slo) ({{Recorded.BudgetMinutes(Ranges.Month)}}{{{OfService}}} - {{Recorded.BudgetSpentMinutes(Ranges.Month)}}{{{OfService}}})""")],
        };
        yield return new TimeSeries("Burn rate now", $"How many times faster than allowed the month's budget burns, over {BurnRate.Fastest.Long}. The lines are where alerts fire: tickets, then pages.")
        {
            Width = 16,
            Unit = "none",
            Min = 0,
            Thresholds = Objectives.Burn(),
            Links = [Link.To(DashboardId.Slo, Point.OfSeries), .. Link.OfService(Point.OfSeries)],
            Queries = [Query.Line(Objectives.Each.Legend(), $$"""{{Recorded.SliError(BurnRate.Fastest.Long)}}{{{OfService}}} / on ({{Objectives.Each}}) {{Recorded.Budget}}{{{OfService}}}""")],
        };
        yield return new AlertList("Firing alerts", "Alerts that fire now. Each names its runbook.") { Width = 8 };
    }

    private static Table Services(RuleContext context)
    {
        var (http, limits) = (new Http(), context.Limits);
        var restarts = Place + $",job=\"{ClusterExporters.StateMetrics}\",container=~\"$job\"";
        return Table.Of("Health of each service", "A row each; the name leads to its requests, logs and traces. Restarts are Kubernetes' own.", Grouping.Service,
            new("Up", "percentunit", $$"""avg by ({{Grouping.Service}}) ({{Scraped.Up}}{{{OfInstance}},{{context.Jobs}}})""") { Thresholds = [new(0.01m, Threshold.Doubtful), new(1, Threshold.Good)], Below = Threshold.Bad },
            new("Requests", "reqps", http.Rate(Grouping.Service)),
            new("Errors", "percentunit", http.ErrorRatio(Grouping.Service)) { Thresholds = Objectives.Errors(context) },
            new("P95", "s", http.Quantile("0.95", Grouping.Service)) { Thresholds = Threshold.BadAbove(Objectives.Seconds(context, Objective.LatencyP95), limits.LatencyP95) },
            new("P99", "s", http.Quantile("0.99", Grouping.Service)) { Thresholds = Threshold.BadAbove(Objectives.Seconds(context, Objective.LatencyP99)) },
            new("CPU", "percentunit", Cpu(Grouping.Service)) { Thresholds = Threshold.BadAbove(limits.Cpu) },
            new("Memory", "percentunit", Memory(Grouping.Service)) { Thresholds = Threshold.BadAbove(limits.Memory) },
            new("Restarts", "short", $$"""sum by ({{Grouping.Service}}) (label_replace(increase({{ClusterExporters.Restarts}}{{{restarts}}}[$__range]), "job", "$1", "container", "(.+)"))""") { Thresholds = Threshold.BadAbove(1) }) with
        { Width = Grid.Columns, Height = 10, LabelLinks = Link.OfService(Point.OfRow) };
    }

    private static IEnumerable<Panel> Traffic(RuleContext context)
    {
        var http = new Http();
        yield return Lines("Requests", "Requests answered a second, without sockets and without addresses that nobody serves.", "reqps", http.Rate(Grouping.Service));
        yield return Lines("Error ratio", "Part of the requests that ended with a 5xx. The lines: what availability allows, and what pages.", "percentunit", http.ErrorRatio(Grouping.Service)) with { Thresholds = Objectives.Errors(context) };
        yield return Lines("P95", "95 of 100 requests were faster. The lines are the objectives' bounds.", "s", http.Quantile("0.95", Grouping.Service)) with { Thresholds = Objectives.Latency(context) };
        yield return Lines("P99", "99 of 100 requests were faster. The lines are the objectives' bounds.", "s", http.Quantile("0.99", Grouping.Service)) with { Thresholds = Objectives.Latency(context) };
        yield return Lines("Requests in flight", "Requests being answered now. It rises before durations do.", "short", Http.InProgress(Grouping.Service));
        yield return Lines("Open WebSockets", "WebSockets open now.", "short", $$"""sum by ({{Grouping.Service}}) ({{WebSocketCatalogue.Active.Name}}{{{OfInstance}}})""");
    }

    private static IEnumerable<Panel> Resources(RuleContext context)
    {
        yield return Lines("CPU of what the process may use", "CPU time over the quota of the process' control group, or over the cores of the machine.", "percentunit", Cpu(Grouping.Service)) with { Thresholds = Threshold.BadAbove(context.Limits.Cpu) };
        yield return Lines("Memory of what the process may use", "Resident memory over the limit of the process' control group, or over the machine's RAM.", "percentunit", Memory(Grouping.Service)) with { Thresholds = Threshold.BadAbove(context.Limits.Memory) };
        yield return Lines("Paused for garbage collection", "Part of the time in which the process stood still to collect garbage.", "percentunit", $$"""max by ({{Grouping.Service}}) (rate({{RuntimeCatalogue.PauseSeconds.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Lines("Work items waiting for a thread", "The queue of the thread pool. One that does not empty has too few threads, mostly since they wait for something synchronous.", "short", $$"""max by ({{Grouping.Service}}) ({{RuntimeCatalogue.PoolQueue.Name}}{{{OfInstance}}})""");
    }

    private static IEnumerable<Panel> Dependencies(RuleContext context)
    {
        var stores = Stores(context).ToArray();
        foreach (var (title, exporter, expr) in stores)
            yield return new Stat(title, $"Whether {exporter.Watches} answers its exporter; of several servers, whether all do.")
            {
                Width = Grid.Columns / Math.Max(1, stores.Length),
                Unit = "bool_yes_no",
                UpOrDown = true,
                Together = true,
                Queries = [Query.Line(title, expr)],
            };
        yield return new TimeSeries("Health checks", "What the services' own checks said at their last run: 1 healthy, 0.5 degraded, 0 unhealthy.")
        {
            Width = Grid.Columns,
            Height = 6,
            Unit = "none",
            Min = 0,
            Max = 1,
            Links = Link.OfService(Point.OfSeries),
            Queries = [Query.Line(ByCheck.Legend(), $$"""min by ({{ByCheck}}) ({{HealthCatalogue.Status.Name}}{{{OfInstance}}})""")],
        };
    }

    private static IEnumerable<(string Title, Exporter Exporter, string Expr)> Stores(RuleContext context)
    {
        var all = new (string Title, Exporter Exporter, string Expr)[]
        {
            ("PostgreSQL", PostgresExporter.Instance, $$"""min({{PostgresExporter.Up}}{{{Selectors.Of(PostgresExporter.Instance)}}})"""),
            ("MongoDB", MongoExporter.Instance, $$"""min({{MongoExporter.Up}}{{{Selectors.Of(MongoExporter.Instance)}}})"""),
            ("Redis", RedisExporter.Instance, $$"""min({{RedisExporter.Up}}{{{Selectors.Of(RedisExporter.Instance)}}})"""),
            // The exporter has no number of its own for this; one that is one broker short is no longer whole.
            ("Kafka", KafkaExporter.Instance, $$"""min({{KafkaExporter.Brokers}}{{{Selectors.Of(KafkaExporter.Instance)}}} >= bool {{context.Platform.Kafka.Brokers}})"""),
        };
        var watched = AllExporters.Watched(context.Platform);
        return all.Where(store => watched.Contains(store.Exporter));
    }

    private static string Cpu(Grouping by) =>
        $$"""max by ({{by}}) (rate({{RuntimeCatalogue.CpuSeconds.Name}}{{{OfInstance}}}{{Window}}) / ({{RuntimeCatalogue.CpuLimit.Name}}{{{OfInstance}}} > 0))""";

    private static string Memory(Grouping by) =>
        $$"""max by ({{by}}) ({{RuntimeCatalogue.ResidentMemory.Name}}{{{OfInstance}}} / ({{RuntimeCatalogue.MemoryLimit.Name}}{{{OfInstance}}} > 0))""";

    private static TimeSeries Lines(string title, string description, string unit, string expr) => new(title, description)
    {
        Unit = unit,
        Min = 0,
        Links = Link.OfService(Point.OfSeries),
        Queries = [Query.Line(Grouping.Service.Legend(), expr)],
    };
}
