using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using Exporter = CoLink.Observability.Monitoring.Exporters.KafkaExporter;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>
/// Kafka through its exporter, not through the services' own gauge, which dies with the consumer it tells of. Each group has rules of its
/// own, since each has a lag that it can bear and a service that owns it.
/// </summary>
internal static class KafkaAlerts
{
    /// <summary>The label that tells a cluster without brokers, where nobody can consume, from one that lacks some.</summary>
    public const string Brokers = "brokers";
    public const string NoBrokers = "none";

    private const string ByGroup = "cluster, namespace, consumergroup, topic";

    public static IEnumerable<Alert> Of(RuleContext context) => [.. context.Platform.Kafka.Groups.SelectMany(group => Of(context, group)), .. Cluster(context)];

    private static IEnumerable<Alert> Of(RuleContext context, ConsumerGroup group)
    {
        var members = $"consumergroup=\"{group.Name}\"";
        var both = $"{members},topic=\"{group.Topic}\"";
        yield return Group("CoLinkKafkaConsumerLagHigh", Severity.Warning, "10m", group,
            $$"""{{Recorded.KafkaLag}}{{{both}}} > {{group.MaxLag}}""",
            "{{ $labels.consumergroup }} is {{ $value }} messages behind on {{ $labels.topic }}", $"more than {group.MaxLag} messages for 10 minutes");
        var nobody = $$"""sum by (cluster, namespace, consumergroup) ({{Exporter.Members}}{{{members}}}) == 0""";
        // Offsets are gauges that go back where a topic is emptied: their difference, not a rate. A group without members has a page of its own.
        yield return Group("CoLinkKafkaConsumerStuck", Severity.Critical, "10m", group, $$"""
            {{Recorded.KafkaLag}}{{{both}}} > 0
            and on ({{ByGroup}}) sum by ({{ByGroup}}) (delta({{Exporter.GroupOffset}}{{{both}}}[{{context.Time["10m"]}}])) == 0
            unless on (cluster, namespace, consumergroup) {{nobody}}
            """, "{{ $labels.consumergroup }} stands still on {{ $labels.topic }} with {{ $value }} messages before it", "messages wait, the group has members and nothing was committed for 20 minutes");
        yield return Group("CoLinkKafkaNoConsumers", Severity.Critical, "5m", group, nobody,
            "{{ $labels.consumergroup }} has no consumers", "no member for 5 minutes");
    }

    private static IEnumerable<Alert> Cluster(RuleContext context)
    {
        yield return Cluster("CoLinkKafkaUnderReplicated", Severity.Warning,
            $"sum by (cluster, namespace, topic) ({Exporter.UnderReplicated}) > 0",
            "{{ $value }} partitions of {{ $labels.topic }} lack replicas", "any partition for 5 minutes");
        if (context.Platform.Kafka.Brokers == 0)
            yield break;
        yield return Cluster("CoLinkKafkaBrokersMissing", Severity.Critical,
            $"{Exporter.Brokers} < {context.Platform.Kafka.Brokers} > 0",
            "{{ $value }} brokers are left", $"fewer than {context.Platform.Kafka.Brokers} for 5 minutes") with
        { Form = "some are left", Labels = new(StringComparer.Ordinal) { [Brokers] = "some" } };
        // The exporter has no number at all where it reaches no broker.
        yield return Cluster("CoLinkKafkaBrokersMissing", Severity.Critical, $$"""
            {{Exporter.Brokers}} == 0
            or absent({{Exporter.Brokers}}{cluster="{{context.Platform.Cluster}}"})
            """, "No broker is seen", "none seen for 5 minutes") with
        { Form = "none is left", Labels = new(StringComparer.Ordinal) { [Brokers] = NoBrokers }, KeepFiringFor = Alert.AfterErrors };
    }

    private static Alert Group(string name, Severity severity, string pause, ConsumerGroup group, string expr, string what, string threshold) => new(name, severity, expr)
    {
        For = pause,
        Service = group.Service,
        Form = $"{group.Name} on {group.Topic}",
        Summary = what,
        Description = what + $", a group of {group.Service}.",
        Threshold = threshold,
        Dashboard = DashboardId.Kafka,
    };

    private static Alert Cluster(string name, Severity severity, string expr, string what, string threshold) => new(name, severity, expr)
    {
        For = "5m",
        Service = Dependency.Kafka,
        Summary = "Kafka: " + what,
        Description = "Kafka: " + what + ".",
        Threshold = threshold,
        Dashboard = DashboardId.Kafka,
    };
}
