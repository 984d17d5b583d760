namespace CoLink.Observability.Catalogue;

internal static class KafkaCatalogue
{
    private const string Statistics = "the statistics of the consumers built with `WithCoLinkMetrics`";

    public static readonly MetricDefinition ConsumerLag = new(
        "kafka_consumer_lag", MetricKind.Gauge,
        "Messages from what the consumer group has committed to the end, over the partitions of this process' consumers; where nothing is committed, from what was consumed or from the beginning.",
        "topic", "consumergroup")
    { FilledBy = Statistics };

    public static readonly MetricDefinition Consumed = new(
        "kafka_messages_consumed_total", MetricKind.Counter, "Kafka messages that a call of Consume returned.", "topic", "consumergroup")
    { FilledBy = "every `Consume` of a consumer built with `WithCoLinkMetrics`" };

    public static readonly MetricDefinition Rebalances = new(
        "kafka_consumer_rebalances_total", MetricKind.Counter, "Assignments and revocations of partitions that this process' consumers went through.", "consumergroup")
    { FilledBy = Statistics };

    public static readonly MetricDefinition Produced = new(
        "kafka_messages_produced_total", MetricKind.Counter, "Kafka messages that the brokers acknowledged; where delivery reports are switched off, messages handed to the client.", "topic")
    { FilledBy = "the delivery reports of producers built with `WithCoLinkMetrics`" };

    public static readonly MetricDefinition ClientErrors = new(
        "kafka_client_errors_total", MetricKind.Counter, "Errors of Kafka clients: those told to the error handler, messages not delivered, and calls of Consume that failed.",
        MetricLabel.OneOf("kind", "transport", "all_brokers_down", "timeout", "authentication", "other"))
    { FilledBy = "every client built with `WithCoLinkMetrics`" };

    public static readonly MetricDefinition[] All = [ConsumerLag, Consumed, Rebalances, Produced, ClientErrors];
}
