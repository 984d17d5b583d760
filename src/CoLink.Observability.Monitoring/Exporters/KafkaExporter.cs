namespace CoLink.Observability.Monitoring.Exporters;

/// <summary>danielqsj/kafka_exporter; every metric is a gauge, offsets too, so they take <c>delta</c> and <c>deriv</c>.</summary>
internal static class KafkaExporter
{
    public static readonly ExporterMetric Brokers = new("kafka_brokers", "gauge");
    public static readonly ExporterMetric Partitions = new("kafka_topic_partitions", "gauge", "topic");
    public static readonly ExporterMetric TopicOffset = new("kafka_topic_partition_current_offset", "gauge", "topic", "partition");
    public static readonly ExporterMetric OldestOffset = new("kafka_topic_partition_oldest_offset", "gauge", "topic", "partition");
    public static readonly ExporterMetric UnderReplicated = new("kafka_topic_partition_under_replicated_partition", "gauge", "topic", "partition");
    public static readonly ExporterMetric LeaderPreferred = new("kafka_topic_partition_leader_is_preferred", "gauge", "topic", "partition");
    public static readonly ExporterMetric GroupOffset = new("kafka_consumergroup_current_offset", "gauge", "consumergroup", "topic", "partition");
    public static readonly ExporterMetric Lag = new("kafka_consumergroup_lag", "gauge", "consumergroup", "topic", "partition");
    public static readonly ExporterMetric Members = new("kafka_consumergroup_members", "gauge", "consumergroup");

    public static readonly Exporter Instance = new("kafka-exporter", 9308, "1.9", "Kafka",
        [Brokers, Partitions, TopicOffset, OldestOffset, UnderReplicated, LeaderPreferred, GroupOffset, Lag, Members]);
}
