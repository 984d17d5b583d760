using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Kafka;

/// <summary>
/// The Kafka family. Each metric begins with the first client that can tell it, and the errors at 0, so that the first one is an
/// increase.
/// </summary>
internal sealed class KafkaMetrics
{
    private readonly MetricRegistry _registry;
    private readonly GaugeSeries _sourceActive;
    private CounterSeries[]? _errors;
    private CounterFamily? _produced;
    private CounterFamily? _consumed;
    private CounterFamily? _rebalances;
    private GaugeFamily? _lag;

    public KafkaMetrics(MetricRegistry registry)
    {
        _registry = registry;
        _sourceActive = registry.Gauge(SelfCatalogue.SourceActive).With(Sources.Kafka);
        _sourceActive.Set(0);
    }

    private CounterSeries[] Errors => _errors ??= [.. KafkaCatalogue.ClientErrors.Labels[0].Values.Select(kind => _registry.Counter(KafkaCatalogue.ClientErrors).With(kind))];

    /// <summary>A client is to be observed: from here on its errors can be told.</summary>
    public void Begin() => _ = Errors;

    /// <summary>A client was built.</summary>
    public void SourceHeard() => _sourceActive.Set(1);

    public void Failed(KafkaFailure kind) => Errors[(int)kind].Inc();

    public CounterSeries Produced(string topic) => (_produced ??= _registry.Counter(KafkaCatalogue.Produced)).With(topic);

    public CounterSeries Consumed(string topic, string group) => (_consumed ??= _registry.Counter(KafkaCatalogue.Consumed)).With(topic, group);

    public CounterSeries Rebalances(string group) => (_rebalances ??= _registry.Counter(KafkaCatalogue.Rebalances)).With(group);

    /// <param name="topic">The topic.</param>
    /// <param name="group">The consumer group.</param>
    /// <param name="messages">The lag; null where nobody tells it any more.</param>
    public void Lag(string topic, string group, long? messages)
    {
        _lag ??= _registry.Gauge(KafkaCatalogue.ConsumerLag);
        if (messages is { } lag)
            _lag.Set(lag, topic, group);
        else
            _lag.Remove([topic, group]);
    }
}
