using System.Diagnostics;
using CoLink.Observability.Kafka;
using CoLink.Observability.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Confluent.Kafka;

/// <summary>Observes Kafka clients: one call on the builder of each.</summary>
public static class CoLinkKafkaExtensions
{
    /// <summary>
    /// Counts what the producer's brokers acknowledged and what failed, opens a span for each message and carries its trace context
    /// in the message's headers. Everything set on the builder holds, before this call and on what it returns.
    /// </summary>
    /// <param name="builder">The builder of the producer.</param>
    /// <param name="services">The services of the host whose <c>/metrics</c> tell it.</param>
    /// <returns>The builder to build: the one given still builds a producer that nobody observes.</returns>
    /// <exception cref="InvalidOperationException">The host lacks <see cref="CoLinkObservabilityExtensions.AddCoLinkObservability"/>.</exception>
    public static ProducerBuilder<TKey, TValue> WithCoLinkMetrics<TKey, TValue>(this ProducerBuilder<TKey, TValue> builder, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var host = Host(services);
        return builder as ObservedProducerBuilder<TKey, TValue> ?? new ObservedProducerBuilder<TKey, TValue>(builder, host);
    }

    /// <summary>
    /// The same for a producer that shares the connection of another. Errors of the connection are counted where that one is observed;
    /// where it is not, <c>Produce</c> without a handler counts a message as it is handed over, not as it arrives.
    /// </summary>
    /// <param name="builder">The builder of the dependent producer.</param>
    /// <param name="services">The services of the host whose <c>/metrics</c> tell it.</param>
    /// <returns>The builder to build: the one given still builds a producer that nobody observes.</returns>
    /// <exception cref="InvalidOperationException">The host lacks <see cref="CoLinkObservabilityExtensions.AddCoLinkObservability"/>.</exception>
    public static DependentProducerBuilder<TKey, TValue> WithCoLinkMetrics<TKey, TValue>(this DependentProducerBuilder<TKey, TValue> builder, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var host = Host(services);
        return builder as ObservedDependentProducerBuilder<TKey, TValue> ?? new ObservedDependentProducerBuilder<TKey, TValue>(builder, host);
    }

    /// <summary>
    /// Counts what the consumer consumes and what fails, and follows its lag and its rebalances. Where <c>StatisticsIntervalMs</c> is
    /// not set, it is set to 15 s. Everything set on the builder holds, before this call and on what it returns.
    /// </summary>
    /// <param name="builder">The builder of the consumer.</param>
    /// <param name="services">The services of the host whose <c>/metrics</c> tell it.</param>
    /// <returns>The builder to build: the one given still builds a consumer that nobody observes.</returns>
    /// <exception cref="InvalidOperationException">The host lacks <see cref="CoLinkObservabilityExtensions.AddCoLinkObservability"/>.</exception>
    public static ConsumerBuilder<TKey, TValue> WithCoLinkMetrics<TKey, TValue>(this ConsumerBuilder<TKey, TValue> builder, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var host = Host(services);
        return builder as ObservedConsumerBuilder<TKey, TValue> ?? new ObservedConsumerBuilder<TKey, TValue>(builder, host);
    }

    /// <summary>
    /// Opens the span of the processing of one message: a child of the span that published it, in the same trace, with its baggage.
    /// Dispose it when the message is processed. Consuming returns before the processing begins, so nothing else can know its end.
    /// </summary>
    /// <param name="consumer">The consumer that consumed it; one that nobody observes only leaves out the consumer group.</param>
    /// <param name="result">What it consumed.</param>
    /// <returns>The span, which is <see cref="Activity.Current"/> from now on; null where nobody listens to <c>CoLink.Observability.Kafka</c>, nobody samples it, or there is no message.</returns>
    public static Activity? StartProcessing<TKey, TValue>(this IConsumer<TKey, TValue> consumer, ConsumeResult<TKey, TValue>? result)
    {
        var observed = consumer as ObservedConsumer<TKey, TValue>;
        try
        {
            return result?.Message is { } message
                ? KafkaTracing.StartProcess(result.TopicPartitionOffset, observed?.Observer.Group, message.Headers)
                : null;
        }
        catch (Exception exception)
        {
            // A listener or a propagator of the app threw; the message is processed all the same.
            observed?.Observer.Host.Failed(exception);
            return null;
        }
    }

    private static KafkaHost Host(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registry = services.GetService<MetricRegistry>() ?? throw new InvalidOperationException(
            "WithCoLinkMetrics was given services without CoLink.Observability: call builder.AddCoLinkObservability() on the host's builder, and pass the services of that host.");
        return KafkaHost.Of(registry, services);
    }
}
