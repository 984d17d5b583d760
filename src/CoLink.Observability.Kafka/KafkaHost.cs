using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Kafka;

/// <summary>What the Kafka clients of one host have in common.</summary>
internal sealed class KafkaHost(MetricRegistry registry, ILogger logger)
{
    public KafkaMetrics Metrics { get; } = new(registry);

    public GroupLag Lag { get => field ??= new GroupLag(Metrics); }

    public KnownHandles Handles { get; } = new();

    public ILogger Logger => logger;

    public static KafkaHost Of(MetricRegistry registry, IServiceProvider services) =>
        registry.Shared(shared => new KafkaHost(shared, services.GetRequiredService<ILogger<KafkaHost>>()).Begin());

    /// <summary>It runs where the app makes its builder, and must not fail there.</summary>
    private KafkaHost Begin()
    {
        try
        {
            Metrics.Begin();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }

        return this;
    }

    /// <summary>Our own failure, which neither the client nor the app may feel.</summary>
    public void Failed(Exception exception) => registry.Failed(Observers.Kafka, exception);

    /// <summary>What the client told its error handler.</summary>
    /// <param name="client">The client.</param>
    /// <param name="error">What it told.</param>
    /// <param name="heard">Whether the app has an error handler of its own.</param>
    /// <param name="log">The app's log handler, where it has one.</param>
    public void ClientFailed(IClient client, Error error, bool heard, Action<LogMessage>? log)
    {
        try
        {
            Metrics.Failed(KafkaFailures.Of(error.Code));
        }
        catch (Exception exception)
        {
            Failed(exception);
        }

        if (heard)
            return;

        // A client logs its errors itself as long as nobody handles them, and now we do: the line must not be lost.
        if (log is not null)
            log(new LogMessage(client.Name, SyslogLevel.Error, "ERROR", $"{client.Name}: {error.Reason}"));
        else
            SafeLog.Write(() => Log.ClientError(logger, client.Name, error.Reason));
    }
}
