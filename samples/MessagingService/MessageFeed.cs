using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace MessagingService;

/// <summary>
/// Takes a stored message to the sockets of its channel: to those of this instance at once, and where <c>ConnectionStrings:Kafka</c> is
/// given, over the topic <c>messages</c> to those of the others. While Kafka is away, the others' sockets miss it; nobody waits.
/// </summary>
internal sealed partial class MessageFeed : BackgroundService
{
    private const string Topic = "messages";
    private const string Origin = "origin";

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly ChannelSockets _sockets;
    private readonly ILogger _logger;
    private readonly byte[] _instance = [];
    private readonly IProducer<string, string>? _producer;
    private readonly IConsumer<string, string>? _consumer;

    public MessageFeed(ChannelSockets sockets, IConfiguration configuration, IServiceProvider services, ILogger<MessageFeed> logger)
    {
        (_sockets, _logger) = (sockets, logger);
        if (configuration.GetConnectionString("Kafka") is not { Length: > 0 } brokers)
            return;

        // Every instance hears every message, so each is a consumer group of its own; what was said before it came is in the database.
        var group = configuration["Kafka:Group"] ?? $"messaging-service-{Environment.MachineName}";
        _instance = Encoding.UTF8.GetBytes(group);
        var client = new ClientConfig { BootstrapServers = brokers, ReconnectBackoffMs = 1000 };
        _producer = new ProducerBuilder<string, string>(new ProducerConfig(client) { MessageTimeoutMs = 10_000 })
            .SetLogHandler(Tell).WithCoLinkMetrics(services).Build();
        _consumer = new ConsumerBuilder<string, string>(new ConsumerConfig(client) { GroupId = group, AutoOffsetReset = AutoOffsetReset.Latest, AllowAutoCreateTopics = true })
            .SetLogHandler(Tell).WithCoLinkMetrics(services).Build();
    }

    public void Publish(Message message)
    {
        _sockets.Push(message);
        try
        {
            _producer?.Produce(
                Topic,
                new() { Key = message.Channel, Value = JsonSerializer.Serialize(message, JsonSerializerOptions.Web), Headers = new() { { Origin, _instance } } },
                report => Tell(report.Error));
        }
        catch (KafkaException exception)
        {
            // The client's queue is full: the brokers have been away for long.
            Tell(exception.Error);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _producer?.Flush(Goodbye);
    }

    public override void Dispose()
    {
        _producer?.Dispose();
        base.Dispose();
    }

    /// <summary>Consuming blocks, so it has a thread of its own.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _consumer is null ? Task.CompletedTask : Task.Factory.StartNew(() => Listen(_consumer, stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Listen(IConsumer<string, string> consumer, CancellationToken stopping)
    {
        using var closing = consumer;
        consumer.Subscribe(Topic);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var heard = consumer.Consume(stopping);
                using var span = consumer.StartProcessing(heard);
                if (!IsOurs(heard.Message) && JsonSerializer.Deserialize<Message>(heard.Message.Value ?? "null", JsonSerializerOptions.Web) is { } message)
                    _sockets.Push(message);
            }
            catch (Exception exception) when (exception is ConsumeException or JsonException)
            {
                NotHeard(_logger, exception.Message);
            }
            catch (OperationCanceledException)
            {
                consumer.Close();
            }
        }
    }

    private bool IsOurs(Message<string, string> message) => message.Headers.TryGetLastBytes(Origin, out var origin) && origin.AsSpan().SequenceEqual(_instance);

    private void Tell(Error error)
    {
        if (error.IsError)
            NotPublished(_logger, error.Reason);
    }

    /// <summary>The clients would write to standard error, past the service's log.</summary>
    private void Tell(IClient client, LogMessage line) => ClientSaid(_logger, line.Message);

    [LoggerMessage(4, LogLevel.Warning, "A message did not reach the other instances: {Reason}")]
    private static partial void NotPublished(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "A message of another instance was not heard: {Reason}")]
    private static partial void NotHeard(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "Kafka: {Line}")]
    private static partial void ClientSaid(ILogger logger, string line);
}

internal static class MessageFeedSetup
{
    public static void AddMessageFeed(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ChannelSockets>();
        builder.Services.AddSingleton<MessageFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MessageFeed>());
    }
}
