namespace CoLink.Observability.Kafka;

/// <summary>
/// The lag of the host's consumers: several of one group have partitions of one topic each, and the series is their sum. It is
/// there as long as one of them tells it.
/// </summary>
internal sealed class GroupLag(KafkaMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConsumerObserver, Dictionary<string, long>> _told = [];

    /// <summary>A consumer says how far behind it is, by topic; topics that it named before and does not name now are gone.</summary>
    public void Tell(ConsumerObserver consumer, Dictionary<string, long> byTopic)
    {
        lock (_gate)
        {
            // Its last statistics may come while another thread closes it.
            if (consumer.IsClosed)
                return;
            var before = _told.GetValueOrDefault(consumer);
            _told[consumer] = byTopic;
            foreach (var topic in byTopic.Keys)
                Show(topic, consumer.Group);
            foreach (var topic in before?.Keys.Where(topic => !byTopic.ContainsKey(topic)) ?? [])
                Show(topic, consumer.Group);
        }
    }

    public void Forget(ConsumerObserver consumer)
    {
        lock (_gate)
        {
            consumer.IsClosed = true;
            if (!_told.Remove(consumer, out var before))
                return;
            foreach (var topic in before.Keys)
                Show(topic, consumer.Group);
        }
    }

    private void Show(string topic, string group)
    {
        long? sum = null;
        foreach (var (consumer, byTopic) in _told)
        {
            if (consumer.Group == group && byTopic.TryGetValue(topic, out var lag))
                sum = (sum ?? 0) + lag;
        }

        metrics.Lag(topic, group, sum);
    }
}
