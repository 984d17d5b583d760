using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Kafka.Tests;

public sealed class KafkaFamilyTests
{
    [Fact]
    public async Task Every_metric_of_the_catalogue_is_exposed_with_its_help_and_its_labels_and_no_other()
    {
        await using var app = await RunningApp.StartAsync();
        var host = KafkaHost.Of(app.Services.GetRequiredService<MetricRegistry>(), app.Services);
        new ProducerObserver(host).Reported("orders", new Confluent.Kafka.Error(Confluent.Kafka.ErrorCode.NoError));
        new ConsumerObserver(host, "billing").Heard("""{"topics":{"orders":{"partitions":{"0":{"desired":true,"consumer_lag":1}}}}}""");

        var scrape = await app.ScrapeAsync();

        var exposed = scrape.Samples.Where(sample => sample.Name.StartsWith("kafka_", StringComparison.Ordinal)).GroupBy(sample => sample.Name).ToArray();
        Assert.Equal(KafkaCatalogue.All.Select(metric => metric.Name).Order(), exposed.Select(family => family.Key).Order());
        Assert.All(KafkaCatalogue.All, metric =>
        {
            Assert.Contains($"# HELP {metric.Name} {metric.Help}\n", scrape.Text, StringComparison.Ordinal);
            Assert.Equal(metric.Labels.Select(label => label.Name).Order(), exposed.Single(family => family.Key == metric.Name).First().Labels.Keys.Order());
        });
    }
}
