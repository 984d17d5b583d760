namespace CoLink.Observability.Catalogue;

internal static class KafkaCatalogue
{
    public static readonly MetricDefinition ConsumerLag = MetricDefinition.Planned("kafka_consumer_lag", MetricKind.Gauge, "Messages that a consumer group has yet to read.", "topic", "consumergroup");

    public static readonly MetricDefinition Consumed = MetricDefinition.Planned("kafka_messages_consumed_total", MetricKind.Counter, "Kafka messages consumed.", "topic", "consumergroup");

    public static readonly MetricDefinition Produced = MetricDefinition.Planned("kafka_messages_produced_total", MetricKind.Counter, "Kafka messages produced.", "topic");

    public static readonly MetricDefinition ClientErrors = MetricDefinition.Planned(
        "kafka_client_errors_total", MetricKind.Counter, "Errors that a Kafka client reported.",
        MetricLabel.OneOf("kind", "transport", "all_brokers_down", "timeout", "authentication", "other"));

    public static readonly MetricDefinition[] All = [ConsumerLag, Consumed, Produced, ClientErrors];
}
