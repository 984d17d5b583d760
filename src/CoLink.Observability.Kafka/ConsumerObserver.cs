using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>Watches one consumer. Nothing here throws into it.</summary>
internal sealed class ConsumerObserver(KafkaHost host, string group)
{
    private long _rebalances;

    public string Group => group;

    public KafkaHost Host => host;

    /// <summary>Read and written by <see cref="GroupLag"/> alone.</summary>
    public bool IsClosed { get; set; }

    /// <summary>It was built. Its rebalances begin at 0, so that the first one is an increase.</summary>
    public void Begin()
    {
        try
        {
            host.Metrics.SourceHeard();
            host.Metrics.Rebalances(group);
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }

    public void Consumed(string? topic)
    {
        try
        {
            // The app may have told the client to leave the topic out of what it returns.
            host.Metrics.Consumed(topic ?? "", group).Inc();
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }

    public void Failed(Error error)
    {
        try
        {
            host.Metrics.Failed(KafkaFailures.Of(error.Code));
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }

    /// <summary>The client calls it every interval, but only while the app consumes, and on its thread.</summary>
    public void Heard(string statistics)
    {
        try
        {
            var read = ConsumerStatistics.Read(statistics);
            foreach (var topic in read.Topics)
                host.Metrics.Consumed(topic, group);
            host.Metrics.Rebalances(group).Inc(read.Rebalances - _rebalances);
            _rebalances = Math.Max(_rebalances, read.Rebalances);
            host.Lag.Tell(this, read.Lag);
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }

    public void Closed()
    {
        try
        {
            host.Lag.Forget(this);
        }
        catch (Exception exception)
        {
            host.Failed(exception);
        }
    }
}
