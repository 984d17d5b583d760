using System.Diagnostics;
using CoLink.Observability.Benchmarks.Pipeline;
using CoLink.Observability.Kafka;
using CoLink.Observability.Registry;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What observing adds to a message, over clients that do nothing.</summary>
internal static class KafkaRatios
{
    private const int Operations = 20_000;

    public static IEnumerable<Row> Measure()
    {
        var host = new KafkaHost(new MetricRegistry(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger.Instance), NullLogger.Instance);
        var stub = new StubProducer();
        using var producer = new ObservedProducer<string, string>(stub, new ProducerObserver(host), DeliveryReports.On);
        var consumer = new StubConsumer();
        using var observed = new ObservedConsumer<string, string>(consumer, new ConsumerObserver(host, "billing"));
        var (awaited, observedAwaited) = (Awaited(stub, stub), Awaited(producer, stub));

        yield return Added("Kafka message produced and awaited", awaited, observedAwaited);
        yield return Added("Kafka message produced with a handler", Handled(stub, stub), Handled(producer, stub));
        yield return Added("Kafka message consumed", Consumed(consumer), Consumed(observed));

        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "CoLink.Observability.Kafka", Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        yield return Added("Kafka message produced and awaited in a sampled span, context in its headers", awaited, observedAwaited);
    }

    private static Row Added(string work, Action bare, Action ours)
    {
        var cost = LocalRounds.Measure(rounds: 41, warmUps: 15, Operations, bare, ours);
        return new Row(work, Row.Added(cost[1] - cost[0]), "", Row.Cost(cost[0]), null, "", null);
    }

    private static Action Awaited(IProducer<string, string> producer, StubProducer stub)
    {
        var (place, message) = (new TopicPartition("orders", Partition.Any), new Message<string, string> { Value = "value" });
        return () =>
        {
            for (var i = 0; i < Operations; i++)
            {
                _ = producer.ProduceAsync(place, message);
                stub.Acknowledge();
            }
        };
    }

    private static Action Handled(IProducer<string, string> producer, StubProducer stub)
    {
        var (place, message) = (new TopicPartition("orders", Partition.Any), new Message<string, string> { Value = "value" });
        Action<DeliveryReport<string, string>> handler = _ => { };
        return () =>
        {
            for (var i = 0; i < Operations; i++)
            {
                producer.Produce(place, message, handler);
                stub.Acknowledge();
            }
        };
    }

    private static Action Consumed(IConsumer<string, string> consumer) => () =>
    {
        for (var i = 0; i < Operations; i++)
            consumer.Consume(100);
    };
}
