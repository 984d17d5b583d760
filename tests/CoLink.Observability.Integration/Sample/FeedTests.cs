using System.Net;
using System.Text.Json;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Kafka.Tests;

namespace CoLink.Observability.Integration.Sample;

/// <summary>The sample with Kafka: the client library's own mock of a broker, in this process.</summary>
public sealed class FeedTests
{
    private const int Count = 25;

    [Fact]
    public async Task A_message_reaches_the_sockets_of_another_instance_and_both_count_it()
    {
        using var folder = new TemporaryFolder();
        using var kafka = await MockCluster.StartAsync();
        await FeedTopic.ListenFromHereAsync(kafka, "first", "second");
        await using var first = await SampleProcess.StartAsync(Settings(kafka, "first", folder));
        await using var second = await SampleProcess.StartAsync(Settings(kafka, "second", folder));
        using var near = await first.JoinAsync("general");
        using var far = await second.JoinAsync("general");

        for (var i = 1; i <= Count; i++)
            Assert.Equal(HttpStatusCode.Created, (await first.SendAsync($"message {i}")).StatusCode);

        for (var i = 1; i <= Count; i++)
        {
            Assert.Equal($"message {i}", Text(await near.NextAsync()));
            Assert.Equal($"message {i}", Text(await far.NextAsync()));
        }

        foreach (var (sample, group, produced) in new[] { (first, "first", Count), (second, "second", 0) })
        {
            var scrape = await sample.ScrapeUntilAsync(found => found.Sum("kafka_messages_consumed_total") == Count && found.Sum("kafka_messages_produced_total") == produced
                && found.Sum("websocket_messages_sent_total") == Count);
            Assert.Equal(Count, scrape.Value("kafka_messages_consumed_total", ("topic", FeedTopic.Name), ("consumergroup", group)));
            Assert.Equal(produced, scrape.Value("kafka_messages_produced_total", ("topic", FeedTopic.Name)) ?? 0);
            Assert.Equal(produced, scrape.Sum("messages_sent_total"));
            Assert.Equal(0, scrape.Sum("kafka_client_errors_total"));
            Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Confluent.Kafka")));
            Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        }
    }

    [Fact]
    public async Task A_Kafka_that_is_away_costs_no_message_and_is_a_client_error()
    {
        await using var sample = await SampleProcess.StartAsync(new Dictionary<string, string> { ["ConnectionStrings__Kafka"] = "127.0.0.1:1" });
        using var socket = await sample.JoinAsync("general");

        Assert.Equal(HttpStatusCode.Created, (await sample.SendAsync("one")).StatusCode);
        Assert.Equal("one", Text(await socket.NextAsync()));

        var scrape = await sample.ScrapeUntilAsync(found => found.Sum("kafka_client_errors_total") > 0);
        Assert.Equal(0, scrape.Sum("kafka_messages_produced_total"));
        Assert.Equal(1, scrape.Sum("messages_sent_total"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        socket.Abort();
        Assert.Equal(0, await sample.StopAsync());
    }

    private static string? Text(string? json) => JsonDocument.Parse(json!).RootElement.GetProperty("text").GetString();

    private static Dictionary<string, string> Settings(MockCluster kafka, string group, TemporaryFolder folder) => new()
    {
        ["ConnectionStrings__Kafka"] = kafka.Address,
        ["Kafka__Group"] = group,
        ["ConnectionStrings__Sqlite"] = $"Data Source={Path.Combine(folder.Path, "messages.db")};Pooling=False",
    };
}
