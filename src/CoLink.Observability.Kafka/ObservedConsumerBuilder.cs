using System.Globalization;
using CoLink.Observability.Registry;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>Builds observed consumers as the app's builder would build them, with all it was told and all this one is told later.</summary>
internal sealed class ObservedConsumerBuilder<TKey, TValue> : ConsumerBuilder<TKey, TValue>
{
    private const string StatisticsInterval = "statistics.interval.ms";

    /// <summary>As often as Prometheus scrapes in most places: more often nobody would see.</summary>
    private const int DefaultStatisticsInterval = 15_000;

    private readonly ConsumerBuilder<TKey, TValue> _app;
    private readonly KafkaHost _host;

    public ObservedConsumerBuilder(ConsumerBuilder<TKey, TValue> app, KafkaHost host)
        : base(null)
    {
        _app = app;
        _host = host;
        BuilderState.Copy(from: app, to: this);
    }

    /// <summary>The app's builder is not touched: a copy of it builds, so that its type and what it overrides hold.</summary>
    public override IConsumer<TKey, TValue> Build()
    {
        // Where it is missing, the client says so.
        var group = BuilderState.Setting(Config, "group.id") ?? "";
        var observer = new ConsumerObserver(_host, group);
        var (errors, logs, statistics) = (ErrorHandler, LogHandler, StatisticsHandler);
        var observed = (ObservedConsumerBuilder<TKey, TValue>)MemberwiseClone();
        observed.Config = WithStatistics(group);
        observed.ErrorHandler = (consumer, error) =>
        {
            _host.ClientFailed(consumer, error, heard: errors is not null, logs is null ? null : line => logs(consumer, line));
            errors?.Invoke(consumer, error);
        };
        observed.StatisticsHandler = (consumer, json) =>
        {
            observer.Heard(json);
            statistics?.Invoke(consumer, json);
        };
        var builder = BuilderState.Clone(_app);
        BuilderState.Copy<ConsumerBuilder<TKey, TValue>>(from: observed, to: builder);
        var built = new ObservedConsumer<TKey, TValue>(builder.Build(), observer);
        observer.Begin();
        return built;
    }

    private IEnumerable<KeyValuePair<string, string>> WithStatistics(string group)
    {
        switch (BuilderState.Setting(Config, StatisticsInterval))
        {
            case null:
                return [.. Config ?? [], new(StatisticsInterval, DefaultStatisticsInterval.ToString(CultureInfo.InvariantCulture))];
            case "0":
                SafeLog.Write(() => Log.NoStatistics(_host.Logger, group));
                return Config;
            default:
                return Config;
        }
    }
}
