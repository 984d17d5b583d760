using CoLink.Observability.Kafka.Tests;
using Confluent.Kafka;

namespace CoLink.Observability.Integration.Sample;

/// <summary>The topic over which the sample's instances tell each other of messages.</summary>
internal static class FeedTopic
{
    public const string Name = "messages";

    /// <summary>A new group hears what is said once it has found the topic's end, whenever that is: these have found it before the first word.</summary>
    public static async Task ListenFromHereAsync(MockCluster kafka, params string[] groups)
    {
        using var producer = new ProducerBuilder<string, string>(kafka.Producer()).Build();
        await producer.ProduceAsync(new TopicPartition(Name, 0), new Message<string, string> { Value = "{}" });
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        var partitions = admin.GetMetadata(Name, TimeSpan.FromSeconds(20)).Topics.Single().Partitions;
        foreach (var group in groups)
        {
            using var consumer = new ConsumerBuilder<string, string>(kafka.Consumer(group)).Build();
            consumer.Commit(partitions.Select(partition => new TopicPartitionOffset(Name, partition.PartitionId, partition.PartitionId == 0 ? 1 : 0)));
        }
    }
}
