using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Kafka.Tests;

public sealed class KafkaFamilyTests : FamilyConformance
{
    private protected override MetricDefinition[] Metrics => KafkaCatalogue.All;

    private protected override string Observer => Observers.Kafka;

    /// <summary>As clients do that were built with the one call; those of a cluster have tests of their own.</summary>
    private protected override Task FillAsync(RunningApp app)
    {
        var host = KafkaHost.Of(app.Services.GetRequiredService<MetricRegistry>(), app.Services);
        new ProducerObserver(host).Reported("orders", new Error(ErrorCode.NoError));
        var consumer = new ConsumerObserver(host, "billing");
        consumer.Begin();
        consumer.Heard("""{"topics":{"orders":{"partitions":{"0":{"desired":true,"consumer_lag":1}}}}}""");
        return Task.CompletedTask;
    }
}
