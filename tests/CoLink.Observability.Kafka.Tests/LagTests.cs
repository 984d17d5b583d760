using CoLink.Observability.Tests.Support;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka.Tests;

public sealed class LagTests
{
    private const string Topic = "orders";
    private const string Group = "billing";

    private static readonly (string, string)[] OfGroup = [("topic", Topic), ("consumergroup", Group)];

    [Fact]
    public async Task A_thousand_produced_and_six_hundred_consumed_leave_a_lag_of_four_hundred_and_a_restarted_consumer_goes_on_from_there()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).WithCoLinkMetrics(app.Services).Build();
        var before = await app.ScrapeAsync();
        Assert.Empty(before.All("kafka_consumer_lag"));
        Assert.Empty(before.All("kafka_messages_produced_total"));
        Assert.Empty(before.All("kafka_consumer_rebalances_total"));

        await producer.ProduceAsync(Topic, 1000);
        var consumer = Consumer(cluster, app);
        consumer.Take(600);
        consumer.Commit();

        var scrape = await app.ScrapeUntilAsync(s => Lag(s) == 400, consumer);
        Assert.Equal(1000, scrape.Value("kafka_messages_produced_total", ("topic", Topic)));
        Assert.Equal(600, scrape.Value("kafka_messages_consumed_total", OfGroup));
        Assert.Equal(1, scrape.Value("kafka_consumer_rebalances_total", ("consumergroup", Group)));
        Assert.Equal(0, scrape.Sum("kafka_client_errors_total"));
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Confluent.Kafka")));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "kafka")));

        consumer.Close();
        Assert.Null(Lag(await app.ScrapeAsync()));

        var restarted = Consumer(cluster, app);
        restarted.Take(100);
        restarted.Commit();
        scrape = await app.ScrapeUntilAsync(s => Lag(s) == 300, restarted);
        Assert.Equal(700, scrape.Value("kafka_messages_consumed_total", OfGroup));
        Assert.Equal(2, scrape.Value("kafka_consumer_rebalances_total", ("consumergroup", Group)));
        Assert.Equal(1000, scrape.Value("kafka_messages_produced_total", ("topic", Topic)));

        restarted.Dispose();
        Assert.Null(Lag(await app.ScrapeAsync()));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "kafka")));
    }

    [Fact]
    public async Task Two_consumers_of_a_group_add_up_and_one_that_leaves_hands_its_part_over()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).Build();
        await producer.ProduceAsync(Topic, 500);
        using var first = Consumer(cluster, app);
        first.Take(500);
        first.Commit();
        first.Resume(first.Assignment);
        await app.ScrapeUntilAsync(s => Lag(s) == 0, first);

        // The first one keeps the lag of the partitions it loses in its statistics: counted twice, the sum would be too high for good.
        var second = Consumer(cluster, app);
        await ServeUntil(() => first.Assignment.Count == 2 && second.Assignment.Count == 2, first, second);
        await producer.ProduceAsync(Topic, 300);
        var scrape = await app.ScrapeUntilAsync(s => Lag(s) == 300, first, second);
        Assert.InRange(scrape.Value("kafka_consumer_rebalances_total", ("consumergroup", Group))!.Value, 4, double.MaxValue);

        second.Close();
        await ServeUntil(() => first.Assignment.Count == 4, first);
        await app.ScrapeUntilAsync(s => Lag(s) == 300, first);
    }

    [Fact]
    public async Task A_topic_that_is_left_behind_vanishes_and_another_host_sees_nothing()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        await using var other = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).Build();
        await producer.ProduceAsync(Topic, 10);
        using var consumer = Consumer(cluster, app);
        consumer.Take(10);
        consumer.Commit();
        await app.ScrapeUntilAsync(s => Lag(s) == 0, consumer);

        consumer.Unsubscribe();

        var scrape = await app.ScrapeUntilAsync(s => Lag(s) is null, consumer);
        Assert.Equal(10, scrape.Value("kafka_messages_consumed_total", OfGroup));
        Assert.DoesNotContain((await other.ScrapeAsync()).Samples, sample => sample.Name.StartsWith("kafka_", StringComparison.Ordinal));
    }

    private static IConsumer<string, string> Consumer(MockCluster cluster, RunningApp app)
    {
        var consumer = new ConsumerBuilder<string, string>(cluster.Consumer(Group)).WithCoLinkMetrics(app.Services).Build();
        consumer.Subscribe(Topic);
        return consumer;
    }

    private static double? Lag(Scrape scrape) => scrape.Value("kafka_consumer_lag", OfGroup);

    private static Task ServeUntil(Func<bool> condition, params IConsumer<string, string>[] consumers) => Eventually.IsTrue(() =>
    {
        foreach (var consumer in consumers)
            consumer.Consume(10);
        return condition();
    });
}
