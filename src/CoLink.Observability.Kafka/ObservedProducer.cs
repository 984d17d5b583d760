using System.Diagnostics;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>A producer whose messages are counted and carry their trace context. All else is the inner one's, its handle too.</summary>
internal sealed class ObservedProducer<TKey, TValue> : IProducer<TKey, TValue>
{
    private readonly IProducer<TKey, TValue> _inner;
    private readonly ProducerObserver _observer;
    private readonly DeliveryReports _reports;
    private readonly Action<DeliveryReport<TKey, TValue>> _reported;

    /// <param name="inner">The client's own.</param>
    /// <param name="observer">What watches it.</param>
    /// <param name="reports">Whether the client reports deliveries.</param>
    public ObservedProducer(IProducer<TKey, TValue> inner, ProducerObserver observer, DeliveryReports reports)
    {
        _inner = inner;
        _observer = observer;
        _reports = reports;
        _reported = report => _observer.Reported(report.Topic, report.Error);
    }

    public Handle Handle => _observer.Host.Handles.Remember(_inner.Handle, _reports);

    public string Name => _inner.Name;

    public Task<DeliveryResult<TKey, TValue>> ProduceAsync(string topic, Message<TKey, TValue> message, CancellationToken cancellationToken = default) =>
        ProduceAsync(new TopicPartition(topic, Partition.Any), message, cancellationToken);

    public async Task<DeliveryResult<TKey, TValue>> ProduceAsync(TopicPartition topicPartition, Message<TKey, TValue> message, CancellationToken cancellationToken = default)
    {
        var publication = _observer.Begin(topicPartition);
        try
        {
            var result = await _inner.ProduceAsync(topicPartition, Carrying(message, publication), cancellationToken).ConfigureAwait(false);
            _observer.Delivered(publication, result.Partition, result.Offset);
            return result;
        }
        catch (Exception exception)
        {
            _observer.Failed(publication, exception);
            throw;
        }
    }

    public void Produce(string topic, Message<TKey, TValue> message, Action<DeliveryReport<TKey, TValue>>? deliveryHandler = null) =>
        Produce(new TopicPartition(topic, Partition.Any), message, deliveryHandler);

    public void Produce(TopicPartition topicPartition, Message<TKey, TValue> message, Action<DeliveryReport<TKey, TValue>>? deliveryHandler = null)
    {
        var isReported = _reports == DeliveryReports.On || (_reports == DeliveryReports.Unknown && deliveryHandler is not null);
        var before = Activity.Current;
        var publication = _observer.Begin(topicPartition);
        try
        {
            _inner.Produce(topicPartition, Carrying(message, publication), isReported ? Reporting(publication, deliveryHandler) : deliveryHandler);
            if (!isReported)
                _observer.Delivered(publication, topicPartition.Partition, Offset.Unset);
        }
        catch (Exception exception)
        {
            _observer.Failed(publication, exception);
            throw;
        }
        finally
        {
            // The span goes on until the report, but not as the caller's.
            if (publication.Span is not null)
                Activity.Current = before;
        }
    }

    public int Poll(TimeSpan timeout) => _inner.Poll(timeout);

    public int Flush(TimeSpan timeout) => _inner.Flush(timeout);

    public void Flush(CancellationToken cancellationToken = default) => _inner.Flush(cancellationToken);

    public void InitTransactions(TimeSpan timeout) => _inner.InitTransactions(timeout);

    public void BeginTransaction() => _inner.BeginTransaction();

    public void CommitTransaction(TimeSpan timeout) => _inner.CommitTransaction(timeout);

    public void CommitTransaction() => _inner.CommitTransaction();

    public void AbortTransaction(TimeSpan timeout) => _inner.AbortTransaction(timeout);

    public void AbortTransaction() => _inner.AbortTransaction();

    public void SendOffsetsToTransaction(IEnumerable<TopicPartitionOffset> offsets, IConsumerGroupMetadata groupMetadata, TimeSpan timeout) =>
        _inner.SendOffsetsToTransaction(offsets, groupMetadata, timeout);

    public int AddBrokers(string brokers) => _inner.AddBrokers(brokers);

    public void SetSaslCredentials(string username, string password) => _inner.SetSaslCredentials(username, password);

    public void Dispose() => _inner.Dispose();

    private Message<TKey, TValue> Carrying(Message<TKey, TValue> message, in Publication publication) =>
        message is not null && _observer.Headers(publication, message.Headers) is { } headers
            ? new Message<TKey, TValue> { Key = message.Key, Value = message.Value, Timestamp = message.Timestamp, Headers = headers }
            : message!;

    private Action<DeliveryReport<TKey, TValue>> Reporting(Publication publication, Action<DeliveryReport<TKey, TValue>>? deliveryHandler) =>
        publication.Span is null && deliveryHandler is null
            ? _reported
            : report =>
            {
                if (report.Error.IsError)
                    _observer.Failed(publication, report.Error);
                else
                    _observer.Delivered(publication, report.Partition, report.Offset);
                deliveryHandler?.Invoke(report);
            };
}
