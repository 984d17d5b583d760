using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>The same for a producer that borrows the handle of another, and with it that one's settings and handlers.</summary>
internal sealed class ObservedDependentProducerBuilder<TKey, TValue> : DependentProducerBuilder<TKey, TValue>
{
    private readonly DependentProducerBuilder<TKey, TValue> _app;
    private readonly KafkaHost _host;

    public ObservedDependentProducerBuilder(DependentProducerBuilder<TKey, TValue> app, KafkaHost host)
        : base(null)
    {
        _app = app;
        _host = host;
        BuilderState.Copy(from: app, to: this);
    }

    public override IProducer<TKey, TValue> Build()
    {
        var builder = BuilderState.Clone(_app);
        BuilderState.Copy<DependentProducerBuilder<TKey, TValue>>(from: this, to: builder);
        var built = new ObservedProducer<TKey, TValue>(builder.Build(), new ProducerObserver(_host), _host.Handles.Of(Handle));
        _host.Metrics.SourceHeard();
        return built;
    }
}
