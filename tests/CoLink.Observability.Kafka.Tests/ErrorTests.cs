using System.Collections.Concurrent;
using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka.Tests;

public sealed class ErrorTests
{
    private const string Errors = "kafka_client_errors_total";

    [Fact]
    public async Task A_broker_that_is_gone_is_counted_by_kind_and_one_that_comes_back_delivers_again()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        var heard = new ConcurrentQueue<ErrorCode>();
        var config = cluster.Producer();
        config.MessageTimeoutMs = 3000;
        config.ReconnectBackoffMaxMs = 200;
        using var producer = new ProducerBuilder<string, string>(config)
            .SetErrorHandler((_, error) => heard.Enqueue(error.Code))
            .SetLogHandler((_, _) => { })
            .WithCoLinkMetrics(app.Services).Build();
        await producer.ProduceAsync("orders", 3);
        Assert.Equal(0, (await app.ScrapeAsync()).Sum(Errors));

        cluster.Stop();

        // Else the test would go on on the thread that serves the client's reports, and wait there for the next one.
        var lost = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thrown = await Assert.ThrowsAsync<ProduceException<string, string>>(() => producer.ProduceAsync("orders", new Message<string, string> { Value = "awaited" }));
        producer.Produce("orders", new Message<string, string> { Value = "reported" }, report => lost.SetResult(report.Error));
        producer.Produce("orders", new Message<string, string> { Value = "forgotten" });

        Assert.Equal(ErrorCode.Local_MsgTimedOut, thrown.Error.Code);
        Assert.Equal(ErrorCode.Local_MsgTimedOut, (await lost.Task.WaitAsync(TimeSpan.FromSeconds(60))).Code);
        var scrape = await app.ScrapeUntilAsync(s =>
            s.Value(Errors, ("kind", "timeout")) == 3 && s.Value(Errors, ("kind", "transport")) > 0 && s.Value(Errors, ("kind", "all_brokers_down")) > 0
            && heard.Contains(ErrorCode.Local_AllBrokersDown));
        Assert.Equal(3, scrape.Value("kafka_messages_produced_total", ("topic", "orders")));

        cluster.Start();
        for (var started = Stopwatch.GetTimestamp(); !await TryProduceAsync(producer);)
            Assert.True(Stopwatch.GetElapsedTime(started) < Eventually.Bound, "No message is delivered.");

        // The app's own handler has heard every error that is counted and was not an exception or a report, and no error twice. One may
        // come between the scrape and the count.
        scrape = await app.ScrapeUntilAsync(s => heard.Count == s.Value(Errors, ("kind", "transport")) + s.Value(Errors, ("kind", "all_brokers_down")));
        Assert.Equal(4, scrape.Value("kafka_messages_produced_total", ("topic", "orders")));
    }

    [Fact]
    public async Task An_error_that_nobody_handles_is_still_logged_where_the_client_would_log_it()
    {
        await using var app = await RunningApp.StartAsync();
        var lines = new ConcurrentQueue<LogMessage>();
        var config = new ConsumerConfig { BootstrapServers = $"127.0.0.1:{FreePort.Next()}", GroupId = "billing" };
        using var withLog = new ConsumerBuilder<string, string>(config).SetLogHandler((_, line) => lines.Enqueue(line)).WithCoLinkMetrics(app.Services).Build();
        using var without = new ConsumerBuilder<string, string>(config).WithCoLinkMetrics(app.Services).Build();
        withLog.Subscribe("orders");
        without.Subscribe("orders");

        await Eventually.IsTrue(() =>
        {
            withLog.Consume(10);
            without.Consume(10);
            return lines.Any(line => line.Facility == "ERROR" && line.Message.Contains("refused", StringComparison.OrdinalIgnoreCase)) && app.Logs.Of(321).Any();
        });

        Assert.Contains(app.Logs.Of(321), line => line.Message.Contains(without.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(app.Logs.Of(321), line => line.Message.Contains(withLog.Name + ":", StringComparison.Ordinal));
        Assert.True((await app.ScrapeAsync()).Value(Errors, ("kind", "transport")) > 0);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_an_error_and_no_consumed_message_and_the_exception_is_the_clients()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).Build();
        await producer.ProduceAsync("orders", new Message<string, string> { Value = "not eight bytes" });
        using var consumer = new ConsumerBuilder<string, long>(cluster.Consumer("billing")).WithCoLinkMetrics(app.Services).Build();
        consumer.Subscribe("orders");

        var thrown = Assert.Throws<ConsumeException>(() => consumer.Consume(TimeSpan.FromSeconds(60)));

        Assert.Equal(ErrorCode.Local_ValueDeserialization, thrown.Error.Code);
        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value(Errors, ("kind", "other")));
        Assert.Equal(0, scrape.Sum("kafka_messages_consumed_total"));
    }

    [Fact]
    public async Task What_a_call_throws_that_is_no_error_of_the_clients_passes_and_is_not_counted()
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).WithCoLinkMetrics(app.Services).Build();
        using var consumer = new ConsumerBuilder<string, string>(cluster.Consumer("billing")).WithCoLinkMetrics(app.Services).Build();

        await Assert.ThrowsAsync<NullReferenceException>(() => producer.ProduceAsync("orders", null!));
        Assert.Throws<NullReferenceException>(() => producer.Produce("orders", null!));
        Assert.Throws<OperationCanceledException>(() => consumer.Consume(new CancellationToken(canceled: true)));

        var scrape = await app.ScrapeAsync();
        Assert.Equal(0, scrape.Sum(Errors));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "kafka")));
    }

    private static Task<bool> TryProduceAsync(IProducer<string, string> producer)
    {
        var isDelivered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        producer.Produce("orders", new Message<string, string> { Value = "again" }, report => isDelivered.SetResult(!report.Error.IsError));
        return isDelivered.Task.WaitAsync(Eventually.Bound);
    }
}
