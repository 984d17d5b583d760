using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Kafka.Tests;

/// <summary>On the client library's mock of a broker.</summary>
public sealed class KafkaSourceTests : ObserverConformance, IAsyncLifetime
{
    private MockCluster? _cluster;

    private protected override MetricDefinition[] Metrics => KafkaCatalogue.All;

    private protected override string Observer => Observers.Kafka;

    private protected override string Source => Sources.Kafka;

    /// <summary>A client's builder is given its host.</summary>
    private protected override bool IsPerProcess => false;

    public async ValueTask InitializeAsync() => _cluster = await MockCluster.StartAsync();

    public ValueTask DisposeAsync()
    {
        _cluster!.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Nothing is listened to before the app has a builder, and nothing heard before it builds.</summary>
    private protected override void Map(WebApplication app) => Builder(app.Services);

    private protected override double Heard(Scrape scrape) => scrape.Sum(KafkaCatalogue.Produced.Name);

    private protected override async Task SpeakAsync(RunningApp app)
    {
        using var producer = Builder(app.Services).Build();
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "1", Value = "one" });
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        var host = KafkaHost.Of(app.Services.GetRequiredService<MetricRegistry>(), app.Services);
        var consumer = new ConsumerObserver(host, "billing");
        string[] statistics =
        [
            "null", "7", "[]", "{}", """{"topics":[]}""", """{"topics":{"orders":7},"cgrp":7}""", """{"topics":null,"cgrp":{"rebalance_cnt":"x"},"colour":{"depth":[]}}""",
            """{"topics":{"orders":{"partitions":{"0":null,"1":{"desired":"yes"},"2":{"desired":true,"consumer_lag":"many"},"x":{"desired":true,"consumer_lag":1.5},"-1":{"desired":true,"consumer_lag":9}}}}}""",
            """{"cgrp":{"rebalance_cnt":5}}""", """{"cgrp":{"rebalance_cnt":-5}}""", """{"cgrp":{"rebalance_cnt":1e300}}""",
        ];
        foreach (var json in statistics)
            consumer.Heard(json);
        consumer.Consumed(null);
        consumer.Failed(new Error((ErrorCode)9999));
        var producer = new ProducerObserver(host);
        producer.Delivered(producer.Begin(null), Partition.Any, Offset.Unset);
        producer.Failed(default, new InvalidOperationException());
        return Task.CompletedTask;
    }

    private ProducerBuilder<string, string> Builder(IServiceProvider services) => new ProducerBuilder<string, string>(_cluster!.Producer()).WithCoLinkMetrics(services);
}
