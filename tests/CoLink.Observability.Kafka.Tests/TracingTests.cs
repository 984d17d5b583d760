using System.Diagnostics;
using System.Text;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka.Tests;

[Collection(nameof(ProcessWide))]
public sealed class TracingTests
{
    private const string Source = "CoLink.Observability.Kafka";
    private const string OwnParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task A_message_carries_one_trace_from_the_service_that_publishes_to_the_one_that_processes()
    {
        using var spans = new Spans(ActivitySamplingResult.AllDataAndRecorded);
        using var cluster = await MockCluster.StartAsync();
        await using var sender = await RunningApp.StartAsync();
        await using var receiver = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).WithCoLinkMetrics(sender.Services).Build();
        using var consumer = new ConsumerBuilder<string, string>(cluster.Consumer("billing")).WithCoLinkMetrics(receiver.Services).Build();

        using var request = new Activity("request").AddBaggage("tenant", "42").Start();
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "secret key", Value = "secret value" });
        Assert.Same(request, Activity.Current);
        request.Stop();
        consumer.Subscribe("orders");
        var result = consumer.Consume(TimeSpan.FromSeconds(60));
        using (var processing = consumer.StartProcessing(result))
        {
            Assert.Same(processing, Activity.Current);
            Assert.Equal("42", processing!.GetBaggageItem("tenant"));
        }

        var published = Assert.Single(spans.Named("orders publish"));
        Assert.Equal(ActivityKind.Producer, published.Kind);
        Assert.Equal(request.SpanId, published.ParentSpanId);
        var processed = Assert.Single(spans.Named("orders process"));
        Assert.Equal(ActivityKind.Consumer, processed.Kind);
        Assert.Equal(request.TraceId, processed.TraceId);
        Assert.Equal(published.SpanId, processed.ParentSpanId);
        Assert.True(processed.HasRemoteParent);
        Assert.Equal(published.SpanId, Assert.Single(processed.Links).Context.SpanId);
        Assert.Equal(
            ["messaging.consumer.group.name=billing", "messaging.destination.name=orders", $"messaging.destination.partition.id={result.Partition.Value}", "messaging.kafka.offset=0", "messaging.operation.type=process", "messaging.system=kafka"],
            Tags(processed));
        Assert.Equal(
            ["messaging.destination.name=orders", $"messaging.destination.partition.id={result.Partition.Value}", "messaging.kafka.offset=0", "messaging.operation.type=send", "messaging.system=kafka"],
            Tags(published));
    }

    [Fact]
    public async Task A_span_ends_with_the_delivery_report_and_leaves_no_trace_on_the_callers_or_the_clients_thread()
    {
        using var spans = new Spans(ActivitySamplingResult.AllDataAndRecorded);
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).WithCoLinkMetrics(app.Services).Build();
        var inHandler = new TaskCompletionSource<Activity?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var request = new Activity("request").Start();

        producer.Produce("orders", new Message<string, string> { Value = "reported" }, _ => inHandler.SetResult(Activity.Current));
        Assert.Same(request, Activity.Current);
        producer.Produce("orders", new Message<string, string> { Value = "forgotten" });
        Assert.Same(request, Activity.Current);

        // On the client's own thread, which began outside of the request.
        Assert.Null(await inHandler.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await Eventually.IsTrue(() => spans.Named("orders publish").Count() == 2);
        Assert.All(spans.Named("orders publish"), span => Assert.Equal(request.SpanId, span.ParentSpanId));
        Assert.Equal(2, (await app.ScrapeAsync()).Value("kafka_messages_produced_total", ("topic", "orders")));
    }

    [Fact]
    public async Task A_message_that_is_lost_ends_its_span_as_an_error()
    {
        using var spans = new Spans(ActivitySamplingResult.AllData);
        await using var app = await RunningApp.StartAsync();
        var config = new ProducerConfig { BootstrapServers = $"127.0.0.1:{FreePort.Next()}", MessageTimeoutMs = 200 };
        using var producer = new ProducerBuilder<string, string>(config).SetLogHandler((_, _) => { }).WithCoLinkMetrics(app.Services).Build();

        await Assert.ThrowsAsync<ProduceException<string, string>>(() => producer.ProduceAsync("orders", new Message<string, string> { Value = "lost" }));

        var span = Assert.Single(spans.Named("orders publish"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(nameof(ErrorCode.Local_MsgTimedOut), span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_span_that_is_not_sampled_still_carries_the_decision()
    {
        using var spans = new Spans(ActivitySamplingResult.PropagationData);
        var (headers, _) = await RoundTripAsync(new Message<string, string> { Value = "one" });

        Assert.EndsWith("-00", Text(headers, "traceparent"), StringComparison.Ordinal);
        Assert.Empty(Assert.Single(spans.Named("orders publish")).TagObjects);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_span_and_the_callers_context_is_carried()
    {
        using var request = new Activity("request").Start();
        request.TraceStateString = "vendor=1";
        var (headers, processing) = await RoundTripAsync(new Message<string, string> { Value = "one" });

        Assert.Null(processing);
        Assert.Equal(request.Id, Text(headers, "traceparent"));
        Assert.Equal("vendor=1", Text(headers, "tracestate"));

        request.Stop();
        (headers, _) = await RoundTripAsync(new Message<string, string> { Value = "one" });
        Assert.Empty(headers);
    }

    [Fact]
    public async Task The_apps_own_context_and_headers_stay_and_its_message_is_not_written_to()
    {
        using var spans = new Spans(ActivitySamplingResult.AllDataAndRecorded);
        var own = new Headers { { "traceparent", Encoding.UTF8.GetBytes(OwnParent) }, { "app", [1, 2] } };
        var (headers, processing) = await RoundTripAsync(new Message<string, string> { Value = "one", Headers = own });
        Assert.Equal(OwnParent, Text(headers, "traceparent"));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", processing!.TraceId.ToHexString());

        var plain = new Headers { { "app", [1, 2] }, { "app", null } };
        var message = new Message<string, string> { Value = "one", Headers = plain };
        (headers, _) = await RoundTripAsync(message);
        Assert.Equal(2, headers.Count(header => header.Key == "app"));
        Assert.Equal(spans.Named("orders publish").Last().Id, Text(headers, "traceparent"));
        Assert.Same(plain, message.Headers);
        Assert.Equal(2, plain.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-zzzz")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public async Task A_context_that_cannot_be_read_is_ignored(string malformed)
    {
        using var spans = new Spans(ActivitySamplingResult.AllDataAndRecorded);
        var headers = new Headers { { "traceparent", Encoding.UTF8.GetBytes(malformed) }, { "baggage", new byte[100_000] } };

        var (_, processing) = await RoundTripAsync(new Message<string, string> { Value = "one", Headers = headers });

        Assert.Equal(default, processing!.ParentSpanId);
        Assert.Empty(processing.Links);
    }

    [Fact]
    public async Task A_listener_that_throws_costs_a_span_and_neither_the_message_nor_its_count()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Source,
            Sample = (ref _) => throw new InvalidOperationException("listener"),
        };
        ActivitySource.AddActivityListener(listener);
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).WithCoLinkMetrics(app.Services).Build();
        using var consumer = new ConsumerBuilder<string, string>(cluster.Consumer("billing")).WithCoLinkMetrics(app.Services).Build();

        await producer.ProduceAsync("orders", 3);
        consumer.Subscribe("orders");
        var result = consumer.Consume(TimeSpan.FromSeconds(60));

        Assert.Null(consumer.StartProcessing(result));
        var scrape = await app.ScrapeAsync();
        Assert.Equal(3, scrape.Value("kafka_messages_produced_total", ("topic", "orders")));
        Assert.Equal(4, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "kafka")));
    }

    [Fact]
    public void A_consumer_that_nobody_observes_opens_the_span_without_its_group()
    {
        using var spans = new Spans(ActivitySamplingResult.AllData);
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig { GroupId = "billing" }).Build();
        var result = new ConsumeResult<string, string> { Topic = "orders", Message = new Message<string, string>() };

        consumer.StartProcessing(result)!.Dispose();

        Assert.DoesNotContain(Assert.Single(spans.Named("orders process")).TagObjects, tag => tag.Key == "messaging.consumer.group.name");
        Assert.Null(consumer.StartProcessing(null));
        Assert.Null(consumer.StartProcessing(new ConsumeResult<string, string> { Topic = "orders", IsPartitionEOF = true }));
    }

    private static async Task<(Headers Headers, Activity? Processing)> RoundTripAsync(Message<string, string> message)
    {
        using var cluster = await MockCluster.StartAsync();
        await using var app = await RunningApp.StartAsync();
        using var producer = new ProducerBuilder<string, string>(cluster.Producer()).WithCoLinkMetrics(app.Services).Build();
        using var consumer = new ConsumerBuilder<string, string>(cluster.Consumer("billing")).WithCoLinkMetrics(app.Services).Build();
        await producer.ProduceAsync("orders", message);
        consumer.Subscribe("orders");
        var result = consumer.Consume(TimeSpan.FromSeconds(60));
        var current = Activity.Current;
        Activity.Current = null;
        using var processing = consumer.StartProcessing(result);
        Activity.Current = current;
        Assert.Equal(0, (await app.ScrapeAsync()).Value("colink_telemetry_observer_errors_total", ("observer", "kafka")));
        return (result.Message.Headers, processing);
    }

    private static string Text(Headers headers, string name) => Encoding.UTF8.GetString(headers.GetLastBytes(name));

    private static IEnumerable<string> Tags(Activity span) => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);

    /// <summary>Listens to the package's source and keeps what ended.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly Queue<Activity> _ended = new();

        public Spans(ActivitySamplingResult sampling)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Source,
                Sample = (ref _) => sampling,
                ActivityStopped = span =>
                {
                    lock (_ended)
                        _ended.Enqueue(span);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IEnumerable<Activity> Named(string name)
        {
            lock (_ended)
                return [.. _ended.Where(span => span.DisplayName == name)];
        }

        public void Dispose() => _listener.Dispose();
    }
}
