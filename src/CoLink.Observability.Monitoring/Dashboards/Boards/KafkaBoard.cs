using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using static CoLink.Observability.Monitoring.Dashboards.Selectors;
using static CoLink.Observability.Monitoring.Exporters.KafkaExporter;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>
/// Kafka as its exporter sees it, then as the services' clients do. The job is here the exporter's or a client's, so no link brings a
/// service along.
/// </summary>
internal static class KafkaBoard
{
    private static readonly Grouping ByGroup = new("consumergroup", "topic");

    public static Dashboard Of(RuleContext context) => new(
        DashboardId.Kafka,
        "Brokers, topics and consumer groups as Kafka's exporter sees them, and the services' own clients. Job chooses among the exporter and the services that use Kafka.",
        Variables($"{{__name__=~\"{Brokers}|{KafkaCatalogue.Consumed.Name}|{KafkaCatalogue.Produced.Name}\",{Place}"),
        [
            new("Cluster", [.. Cluster(context)]),
            new("Consumer groups", [.. Groups(context)]),
            new("Topics", [.. Topics()]),
            new("The services' clients", [.. Clients()]),
        ]);

    private static IEnumerable<Panel> Cluster(RuleContext context)
    {
        yield return new Stat("Brokers", "Brokers that the exporter sees, of the number that there should be.")
        {
            Width = 6,
            Unit = "short",
            Past = true,
            Thresholds = [new(context.Platform.Kafka.Brokers, Threshold.Good)],
            Below = Threshold.Bad,
            Queries = [Query.Line(Grouping.Place.Legend("brokers"), $$"""min by ({{Grouping.Place}}) ({{Brokers}}{{{OfInstance}}})""")],
        };
        yield return Number("Partitions", "Partitions of all topics.", $$"""sum({{Partitions}}{{{OfInstance}}})""");
        yield return Number("Under-replicated partitions", "Partitions with fewer replicas in sync than they should have.", $$"""sum({{UnderReplicated}}{{{OfInstance}}})""") with { Thresholds = Threshold.BadAbove(1) };
        yield return Number("Partitions without their preferred leader", "After a restart of brokers the load is uneven until leaders are elected anew.", $$"""sum(1 - {{LeaderPreferred}}{{{OfInstance}}})""") with { Thresholds = [new(1, Threshold.Doubtful)] };
    }

    private static IEnumerable<Panel> Groups(RuleContext context)
    {
        // Offsets are gauges of this exporter that go back where a topic is emptied; then their slope is below nought and says nothing.
        var consumed = $$"""clamp_min(sum by ({{ByGroup}}) (deriv({{GroupOffset}}{{{OfInstance}}}{{Window}})), 0)""";
        var lag = $$"""sum by ({{ByGroup}}) ({{Recorded.KafkaLag}}{{{Place}}})""";
        var members = new Grouping("consumergroup");
        yield return Lines("Lag", "Messages that a group has not yet committed.", "short", ByGroup.Legend(), lag);
        yield return Lines("Lag in time", "The lag over the rate at which the group commits: how long it needs for what is there.", "s", ByGroup.Legend(), $"{lag} / ({consumed} > 0)");
        yield return Lines("Consumed", "Messages a second that a group commits.", "mps", ByGroup.Legend(), consumed);
        yield return Lines("Members", "Consumers of a group. None is an outage of what it does.", "short", members.Legend(), $$"""sum by ({{members}}) ({{Members}}{{{OfInstance}}})""");
        if (context.Platform.Kafka.Groups.Count == 0)
            yield break;
        // The exporter does not know whose a group is; colink-monitoring.yml does.
        yield return Table.Of("Groups that must keep up", "The groups of colink-monitoring.yml, and the services whose consumers form them: the name leads to the service.", new Grouping("consumergroup", "topic", "service"),
            new Column("Lag", "short", string.Join("\nor\n", context.Platform.Kafka.Groups.Select(group =>
                $$"""label_replace(sum by ({{ByGroup}}) ({{Recorded.KafkaLag}}{{{Place}},consumergroup="{{group.Name}}",topic="{{group.Topic}}"}), "service", "{{group.Service}}", "", "")"""))),
            new Column("Of what it can bear", "percentunit", string.Join("\nor\n", context.Platform.Kafka.Groups.Select(group =>
                $$"""label_replace(sum by ({{ByGroup}}) ({{Recorded.KafkaLag}}{{{Place}},consumergroup="{{group.Name}}",topic="{{group.Topic}}"}) / {{group.MaxLag}}, "service", "{{group.Service}}", "", "")""")))
            { Thresholds = Threshold.BadAbove(1) }) with
        { Width = Grid.Columns, LinkedLabel = "service", LabelLinks = Link.OfService(Point.OfRowIn("service")) };
    }

    private static IEnumerable<Panel> Topics()
    {
        var byTopic = new Grouping("topic");
        yield return Lines("Produced", "Messages a second that are written to a topic.", "mps", byTopic.Legend(), $$"""clamp_min(sum by ({{byTopic}}) (deriv({{TopicOffset}}{{{OfInstance}}}{{Window}})), 0)""");
        yield return Lines("Messages kept", "Messages from the oldest kept to the newest.", "short", byTopic.Legend(), $$"""sum by ({{byTopic}}) ({{TopicOffset}}{{{OfInstance}}} - {{OldestOffset}}{{{OfInstance}}})""");
    }

    private static IEnumerable<Panel> Clients()
    {
        var (byTopic, byGroup, byKind) = (new Grouping("job", "topic"), new Grouping("job", "consumergroup"), new Grouping("job", "kind"));
        yield return Client("Consumed by the services", "Messages that the services' consumers got.", "mps", byTopic.Legend(), $$"""sum by ({{byTopic}}) (rate({{KafkaCatalogue.Consumed.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Client("Produced by the services", "Messages of the services that brokers acknowledged.", "mps", byTopic.Legend(), $$"""sum by ({{byTopic}}) (rate({{KafkaCatalogue.Produced.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Client("Rebalances", "Assignments and revocations of partitions. Many of them are consumers that come and go.", "short", byGroup.Legend(), $$"""sum by ({{byGroup}}) (increase({{KafkaCatalogue.Rebalances.Name}}{{{OfInstance}}}{{Window}}))""");
        yield return Client("Errors of clients", "What the services' clients complained about.", "cps", byKind.Legend(), $$"""sum by ({{byKind}}) (rate({{KafkaCatalogue.ClientErrors.Name}}{{{OfInstance}}}{{Window}}))""");
    }

    private static Stat Number(string title, string description, string expr) =>
        new(title, description) { Width = 6, Unit = "short", Past = true, Together = true, Queries = [Query.Line(title, expr)] };

    private static TimeSeries Lines(string title, string description, string unit, string legend, string expr) =>
        new(title, description) { Unit = unit, Min = 0, Queries = [Query.Line(legend, expr)] };

    private static TimeSeries Client(string title, string description, string unit, string legend, string expr) =>
        Lines(title, description, unit, legend, expr) with { Links = Link.OfService(Point.OfSeries) };
}
