using System.Diagnostics;
using CoLink.Observability.Registry;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>A message on its way to the brokers.</summary>
/// <param name="Produced">Counts it once it is there; null where the observer failed.</param>
/// <param name="Span">Its span, where somebody listens.</param>
internal readonly record struct Publication(CounterSeries? Produced, Activity? Span);

/// <summary>Watches the messages of one producer. Nothing here throws into it.</summary>
internal sealed class ProducerObserver(KafkaHost host)
{
    public KafkaHost Host => host;

    /// <summary>A message is about to be published. Its topic begins at 0, so that the first one is an increase.</summary>
    public Publication Begin(TopicPartition? place)
    {
        // A call without a topic is the client's to refuse.
        if (place?.Topic is not { } topic)
            return default;
        CounterSeries? produced = null;
        try
        {
            produced = host.Metrics.Produced(topic);
            return new Publication(produced, KafkaTracing.StartPublish(topic));
        }
        catch (Exception exception)
        {
            // A listener of the app threw; the message counts all the same.
            host.Failed(exception);
            return new Publication(produced, null);
        }
    }

    /// <summary>The headers to publish it with, or null where the app's are right as they are.</summary>
    public Headers? Headers(in Publication publication, Headers? own)
    {
        try
        {
            return MessageHeaders.Carrying(publication.Span ?? Activity.Current, own);
        }
        catch (Exception exception)
        {
            host.Failed(exception);
            return null;
        }
    }

    public void Delivered(in Publication publication, Partition partition, Offset offset)
    {
        try
        {
            publication.Produced?.Inc();
            if (publication.Span is not { } span)
                return;
            KafkaTracing.Locate(span, partition, offset);
            KafkaTracing.Stop(span);
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }

    public void Failed(in Publication publication, Error error) => Failed(publication, error.Code, error.Code.ToString());

    /// <summary>The call threw. What is no error of Kafka's, such as a cancelled wait, is none of the client's.</summary>
    public void Failed(in Publication publication, Exception thrown) =>
        Failed(publication, (thrown as KafkaException)?.Error.Code, (thrown as KafkaException)?.Error.Code.ToString() ?? thrown.GetType().FullName!);

    /// <summary>A message whose fate nobody asked for: counted all the same, because a lost one is seen nowhere else.</summary>
    public void Reported(string topic, Error error)
    {
        try
        {
            if (error.IsError)
                host.Metrics.Failed(KafkaFailures.Of(error.Code));
            else
                host.Metrics.Produced(topic).Inc();
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }

    private void Failed(in Publication publication, ErrorCode? code, string error)
    {
        try
        {
            if (code is { } known)
                host.Metrics.Failed(KafkaFailures.Of(known));
            if (publication.Span is not { } span)
                return;
            KafkaTracing.Fail(span, error);
            KafkaTracing.Stop(span);
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }
}
