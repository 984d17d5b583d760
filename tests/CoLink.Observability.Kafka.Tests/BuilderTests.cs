using System.Runtime.CompilerServices;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Kafka.Tests;

public sealed class BuilderTests
{
    [Fact]
    public void A_host_without_the_one_call_is_told_what_is_missing()
    {
        using var bare = new ServiceCollection().BuildServiceProvider();

        Action[] calls =
        [
            () => new ProducerBuilder<string, string>(new ProducerConfig()).WithCoLinkMetrics(bare),
            () => new ConsumerBuilder<string, string>(new ConsumerConfig()).WithCoLinkMetrics(bare),
            () => new DependentProducerBuilder<string, string>(new Handle()).WithCoLinkMetrics(bare),
        ];
        Assert.All(calls, call => Assert.Contains("call builder.AddCoLinkObservability()", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handlers_and_deserializers_hold_whether_set_before_or_after_and_a_builder_builds_many()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).Build();
        await producer.ProduceAsync("orders", 20);
        var seen = new HashSet<string>();
        var builder = new ConsumerBuilder<string, string>(cluster.Consumer("billing"))
            .SetStatisticsHandler((_, _) => seen.Add("statistics"))
            .SetValueDeserializer(new Loud())
            .WithCoLinkMetrics(app.Services)
            .SetPartitionsAssignedHandler((_, _) => { seen.Add("assigned"); })
            .SetPartitionsRevokedHandler((_, _) => { seen.Add("revoked"); });

        foreach (var count in (int[])[10, 20])
        {
            seen.Clear();
            using var consumer = builder.Build();
            consumer.Subscribe("orders");
            var taken = consumer.Take(10);
            consumer.Commit();

            var scrape = await app.ScrapeUntilAsync(s => s.Sum("kafka_consumer_lag") == 20 - count && seen.Contains("statistics"), consumer);
            consumer.Close();

            Assert.All(taken, result => Assert.StartsWith("VALUE ", result.Message.Value, StringComparison.Ordinal));
            Assert.Superset(new HashSet<string> { "statistics", "assigned", "revoked" }, seen);
            Assert.Equal(count, scrape.Sum("kafka_messages_consumed_total"));
        }
    }

    [Fact]
    public async Task Statistics_are_asked_for_every_15_seconds_where_the_app_asked_for_none()
    {
        await using var app = await RunningApp.StartAsync();

        Assert.Equal("15000", Interval(null));
        Assert.Equal("2000", Interval(2000));
        Assert.Empty(app.Logs.Of(320));
        Assert.Equal("0", Interval(0));
        Assert.Contains("StatisticsIntervalMs", Assert.Single(app.Logs.Of(320)).Message, StringComparison.Ordinal);

        string? Interval(int? set)
        {
            var config = new ConsumerConfig { GroupId = "billing", BootstrapServers = "127.0.0.1:1", StatisticsIntervalMs = set };
            var builder = new OwnBuilder(config);
            using var consumer = builder.SetLogHandler((_, _) => { }).WithCoLinkMetrics(app.Services).Build();
            Assert.Equal(set, config.StatisticsIntervalMs);
            return OwnBuilder.Last(consumer);
        }
    }

    [Fact]
    public async Task Watching_twice_counts_once_and_the_builder_given_stays_as_it_was()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        var given = new ProducerBuilder<string, string>(cluster.Producer());
        var observed = given.WithCoLinkMetrics(app.Services);
        Assert.Same(observed, observed.WithCoLinkMetrics(app.Services));
        Assert.Equal(0, (await app.ScrapeAsync()).Value("colink_telemetry_source_active", ("source", "Confluent.Kafka")));

        using (var unobserved = given.Build())
            await unobserved.ProduceAsync("orders", 5);
        using (var producer = observed.Build())
            await producer.ProduceAsync("orders", 7);

        var scrape = await app.ScrapeAsync();
        Assert.Equal(7, scrape.Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Confluent.Kafka")));
    }

    [Fact]
    public async Task A_dependent_producer_takes_the_handle_and_is_counted_itself()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<Null, string>(cluster.Producer()).WithCoLinkMetrics(app.Services).Build();
        using var unobserved = new DependentProducerBuilder<string, string>(producer.Handle).Build();
        using var observed = new DependentProducerBuilder<string, string>(producer.Handle).WithCoLinkMetrics(app.Services)
            .SetValueSerializer(Serializers.Utf8).Build();

        await unobserved.ProduceAsync("orders", 5);
        await observed.ProduceAsync("orders", 7);
        await producer.ProduceAsync("orders", new Message<Null, string> { Value = "one" });

        Assert.Equal(8, (await app.ScrapeAsync()).Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(producer.Name, observed.Name);
    }

    [Fact]
    public async Task Without_delivery_reports_messages_count_as_they_are_handed_over_and_a_handler_is_refused_as_ever()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        var config = cluster.Producer();
        config.EnableDeliveryReports = false;
        using var producer = new ProducerBuilder<string, string>(config).WithCoLinkMetrics(app.Services).Build();
        var message = new Message<string, string> { Value = "one" };

        producer.Produce("orders", message);
        await producer.ProduceAsync("orders", message);

        Assert.Throws<InvalidOperationException>(() => producer.Produce("orders", message, _ => { }));
        var scrape = await app.ScrapeAsync();
        Assert.Equal(2, scrape.Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(0, scrape.Sum("kafka_client_errors_total"));
    }

    /// <summary>The client of a producer with a borrowed handle takes a handler in any case, and where reports are off keeps it for ever, with the message.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dependent_producer_gets_no_handler_that_is_never_called(bool isParentObserved)
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        var config = cluster.Producer();
        config.EnableDeliveryReports = false;
        var parent = new ProducerBuilder<Null, string>(config);
        using var producer = (isParentObserved ? parent.WithCoLinkMetrics(app.Services) : parent).Build();
        using var dependent = new DependentProducerBuilder<string, string>(producer.Handle).WithCoLinkMetrics(app.Services).Build();

        var values = Enumerable.Range(0, 10).Select(i => Produce(dependent, i)).ToArray();
        producer.Flush(TimeSpan.FromSeconds(60));

        GC.Collect();
        Assert.InRange(values.Count(value => value.IsAlive), 0, 1);
        var scrape = await app.ScrapeAsync();
        Assert.Equal(10, scrape.Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(0, scrape.Sum("kafka_client_errors_total"));
    }

    [Fact]
    public async Task A_dependent_producer_of_an_unknown_one_counts_what_is_reported_where_the_app_asks_for_reports()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<Null, string>(cluster.Producer()).Build();
        using var dependent = new DependentProducerBuilder<string, string>(producer.Handle).WithCoLinkMetrics(app.Services).Build();
        var reported = 0;

        dependent.Produce("orders", new Message<string, string> { Value = "one" }, _ => reported++);
        producer.Flush(TimeSpan.FromSeconds(60));
        cluster.Stop();
        dependent.Produce("orders", new Message<string, string> { Value = "two" }, _ => reported++);
        var before = await app.ScrapeAsync();
        cluster.Start();
        producer.Flush(TimeSpan.FromSeconds(60));

        Assert.Equal(1, before.Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(2, (await app.ScrapeAsync()).Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(2, reported);
    }

    /// <summary>On a frame of its own, which keeps nothing alive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Produce(IProducer<string, string> producer, int number)
    {
        var value = $"value {number}";
        producer.Produce("orders", new Message<string, string> { Value = value });
        return new WeakReference(value);
    }

    private sealed class Loud : IDeserializer<string>
    {
        public string Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            Deserializers.Utf8.Deserialize(data, isNull, context).ToUpperInvariant();
    }

    /// <summary>A builder of an app's own, which must be the one that builds.</summary>
    private sealed class OwnBuilder(IEnumerable<KeyValuePair<string, string>> config) : ConsumerBuilder<string, string>(config)
    {
        private static readonly Dictionary<string, string?> Intervals = [];

        public static string? Last(IConsumer<string, string> consumer) => Intervals[consumer.Name];

        public override IConsumer<string, string> Build()
        {
            var built = base.Build();
            Intervals[built.Name] = Config.LastOrDefault(setting => setting.Key == "statistics.interval.ms").Value;
            return built;
        }
    }
}
