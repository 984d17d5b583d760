using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>Builds observed producers as the app's builder would build them, with all it was told and all this one is told later.</summary>
internal sealed class ObservedProducerBuilder<TKey, TValue> : ProducerBuilder<TKey, TValue>
{
    private const string ReportsSetting = "dotnet.producer.enable.delivery.reports";

    private readonly ProducerBuilder<TKey, TValue> _app;
    private readonly KafkaHost _host;

    public ObservedProducerBuilder(ProducerBuilder<TKey, TValue> app, KafkaHost host)
        : base(null)
    {
        _app = app;
        _host = host;
        BuilderState.Copy(from: app, to: this);
    }

    /// <summary>The app's builder is not touched: a copy of it builds, so that its type and what it overrides hold.</summary>
    public override IProducer<TKey, TValue> Build()
    {
        var (errors, logs) = (ErrorHandler, LogHandler);
        var observed = (ObservedProducerBuilder<TKey, TValue>)MemberwiseClone();
        observed.ErrorHandler = (producer, error) =>
        {
            _host.ClientFailed(producer, error, heard: errors is not null, logs is null ? null : line => logs(producer, line));
            errors?.Invoke(producer, error);
        };
        var builder = BuilderState.Clone(_app);
        BuilderState.Copy<ProducerBuilder<TKey, TValue>>(from: observed, to: builder);
        var reports = bool.TryParse(BuilderState.Setting(Config, ReportsSetting), out var enabled) && !enabled ? DeliveryReports.Off : DeliveryReports.On;
        var built = new ObservedProducer<TKey, TValue>(builder.Build(), new ProducerObserver(_host), reports);
        _host.Metrics.SourceHeard();
        return built;
    }
}
