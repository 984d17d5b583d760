using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>A consumer whose messages are counted. All else is the inner one's.</summary>
internal sealed class ObservedConsumer<TKey, TValue>(IConsumer<TKey, TValue> inner, ConsumerObserver observer) : IConsumer<TKey, TValue>
{
    public ConsumerObserver Observer => observer;

    public string MemberId => inner.MemberId;

    public List<TopicPartition> Assignment => inner.Assignment;

    public List<string> Subscription => inner.Subscription;

    public IConsumerGroupMetadata ConsumerGroupMetadata => inner.ConsumerGroupMetadata;

    public Handle Handle => inner.Handle;

    public string Name => inner.Name;

    public ConsumeResult<TKey, TValue> Consume(int millisecondsTimeout)
    {
        try
        {
            return Counted(inner.Consume(millisecondsTimeout));
        }
        catch (KafkaException exception)
        {
            observer.Failed(exception.Error);
            throw;
        }
    }

    public ConsumeResult<TKey, TValue> Consume(CancellationToken cancellationToken = default)
    {
        try
        {
            return Counted(inner.Consume(cancellationToken));
        }
        catch (KafkaException exception)
        {
            observer.Failed(exception.Error);
            throw;
        }
    }

    public ConsumeResult<TKey, TValue> Consume(TimeSpan timeout)
    {
        try
        {
            return Counted(inner.Consume(timeout));
        }
        catch (KafkaException exception)
        {
            observer.Failed(exception.Error);
            throw;
        }
    }

    public void Subscribe(IEnumerable<string> topics) => inner.Subscribe(topics);

    public void Subscribe(string topic) => inner.Subscribe(topic);

    public void Unsubscribe() => inner.Unsubscribe();

    public void Assign(TopicPartition partition) => inner.Assign(partition);

    public void Assign(TopicPartitionOffset partition) => inner.Assign(partition);

    public void Assign(IEnumerable<TopicPartitionOffset> partitions) => inner.Assign(partitions);

    public void Assign(IEnumerable<TopicPartition> partitions) => inner.Assign(partitions);

    public void IncrementalAssign(IEnumerable<TopicPartitionOffset> partitions) => inner.IncrementalAssign(partitions);

    public void IncrementalAssign(IEnumerable<TopicPartition> partitions) => inner.IncrementalAssign(partitions);

    public void IncrementalUnassign(IEnumerable<TopicPartition> partitions) => inner.IncrementalUnassign(partitions);

    public void Unassign() => inner.Unassign();

    public void StoreOffset(ConsumeResult<TKey, TValue> result) => inner.StoreOffset(result);

    public void StoreOffset(TopicPartitionOffset offset) => inner.StoreOffset(offset);

    public List<TopicPartitionOffset> Commit() => inner.Commit();

    public void Commit(IEnumerable<TopicPartitionOffset> offsets) => inner.Commit(offsets);

    public void Commit(ConsumeResult<TKey, TValue> result) => inner.Commit(result);

    public void Seek(TopicPartitionOffset tpo) => inner.Seek(tpo);

    public void Pause(IEnumerable<TopicPartition> partitions) => inner.Pause(partitions);

    public void Resume(IEnumerable<TopicPartition> partitions) => inner.Resume(partitions);

    public List<TopicPartitionOffset> Committed(TimeSpan timeout) => inner.Committed(timeout);

    public List<TopicPartitionOffset> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout) => inner.Committed(partitions, timeout);

    public Offset Position(TopicPartition partition) => inner.Position(partition);

    public List<TopicPartitionOffset> OffsetsForTimes(IEnumerable<TopicPartitionTimestamp> timestampsToSearch, TimeSpan timeout) =>
        inner.OffsetsForTimes(timestampsToSearch, timeout);

    public WatermarkOffsets GetWatermarkOffsets(TopicPartition topicPartition) => inner.GetWatermarkOffsets(topicPartition);

    public WatermarkOffsets QueryWatermarkOffsets(TopicPartition topicPartition, TimeSpan timeout) => inner.QueryWatermarkOffsets(topicPartition, timeout);

    public int AddBrokers(string brokers) => inner.AddBrokers(brokers);

    public void SetSaslCredentials(string username, string password) => inner.SetSaslCredentials(username, password);

    public void Close()
    {
        try
        {
            inner.Close();
        }
        finally
        {
            observer.Closed();
        }
    }

    public void Dispose()
    {
        try
        {
            inner.Dispose();
        }
        finally
        {
            observer.Closed();
        }
    }

    /// <summary>Nothing within the time, and the end of a partition, are no messages.</summary>
    private ConsumeResult<TKey, TValue> Counted(ConsumeResult<TKey, TValue> result)
    {
        if (result?.Message is not null)
            observer.Consumed(result.Topic);
        return result!;
    }
}
