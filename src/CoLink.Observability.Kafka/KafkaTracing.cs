using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>
/// The spans of messages. Keys and values never go into a tag.
/// Source of the names: OpenTelemetry's semantic conventions for messaging and Kafka.
/// </summary>
internal static class KafkaTracing
{
    private static readonly ActivitySource Source = new("CoLink.Observability.Kafka", typeof(KafkaTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>The span of a message from the call until the brokers have answered. It becomes the current one.</summary>
    public static Activity? StartPublish(string topic)
    {
        if (!Source.HasListeners())
            return null;
        var span = Source.StartActivity(topic + " publish", ActivityKind.Producer);
        Describe(span, topic, "send");
        return span;
    }

    /// <summary>The span of the processing of a message, in the trace of the one that published it.</summary>
    public static Activity? StartProcess(TopicPartitionOffset place, string? group, Headers? headers)
    {
        if (!Source.HasListeners())
            return null;
        var publisher = MessageHeaders.Context(headers);

        // A parent shows one trace from end to end; the link is where the conventions, which know batches too, look for the publisher.
        var span = Source.StartActivity(
            place.Topic + " process", ActivityKind.Consumer, publisher, links: publisher == default ? null : [new ActivityLink(publisher)]);
        if (span is null)
            return null;
        foreach (var (key, value) in MessageHeaders.Baggage(headers))
            span.AddBaggage(key, value);
        Describe(span, place.Topic, "process");
        Locate(span, place.Partition, place.Offset);
        if (group is not null && span.IsAllDataRequested)
            span.SetTag("messaging.consumer.group.name", group);
        return span;
    }

    public static void Locate(Activity span, Partition partition, Offset offset)
    {
        if (!span.IsAllDataRequested)
            return;
        if (partition.Value >= 0)
            span.SetTag("messaging.destination.partition.id", partition.Value.ToString(CultureInfo.InvariantCulture));
        if (offset.Value >= 0)
            span.SetTag("messaging.kafka.offset", offset.Value);
    }

    /// <param name="span">The span that failed.</param>
    /// <param name="error">The name of an error code or an exception: no text, which may hold anything.</param>
    public static void Fail(Activity span, string error)
    {
        span.SetTag("error.type", error);
        span.SetStatus(ActivityStatusCode.Error, error);
    }

    /// <summary>
    /// Ends a span, perhaps on another thread than it began on: that thread's own context stays, where stopping would put the
    /// parent of the span in its place.
    /// </summary>
    public static void Stop(Activity span)
    {
        var current = Activity.Current;
        span.Stop();
        if (current != span)
            Activity.Current = current;
    }

    private static void Describe(Activity? span, string topic, string operation)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        span.SetTag("messaging.system", "kafka");
        span.SetTag("messaging.destination.name", topic);
        span.SetTag("messaging.operation.type", operation);
    }
}
