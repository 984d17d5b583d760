using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Kafka.Tests;

public sealed class ConsumerObserverTests
{
    [Fact]
    public async Task Malformed_statistics_are_ignored_and_counted()
    {
        await using var app = await RunningApp.StartAsync();
        var observer = Observer(app, "billing");

        observer.Heard(Statistics(lag: 5, rebalances: 1));
        observer.Heard("{ malformed");

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "kafka")));
        Assert.Equal(5, scrape.Value("kafka_consumer_lag", ("topic", "orders"), ("consumergroup", "billing")));
    }

    [Fact]
    public async Task The_lag_is_the_sum_over_a_groups_consumers_and_vanishes_with_the_last()
    {
        await using var app = await RunningApp.StartAsync();
        var (first, second, other) = (Observer(app, "billing"), Observer(app, "billing"), Observer(app, "search"));
        first.Heard(Statistics(lag: 5));
        second.Heard(Statistics(lag: 7));
        other.Heard(Statistics(lag: 100));
        Assert.Equal(12, await Lag());

        second.Heard(Statistics(lag: 1));
        Assert.Equal(6, await Lag());
        first.Closed();
        Assert.Equal(1, await Lag());
        second.Closed();
        Assert.Null(await Lag());
        Assert.Equal(100, (await app.ScrapeAsync()).Sum("kafka_consumer_lag"));

        // What was under way as it was closed does not bring it back.
        second.Heard(Statistics(lag: 9));
        Assert.Null(await Lag());

        async Task<double?> Lag() => (await app.ScrapeAsync()).Value("kafka_consumer_lag", ("topic", "orders"), ("consumergroup", "billing"));
    }

    [Fact]
    public async Task Rebalances_of_several_consumers_add_up_and_an_assigned_topic_counts_from_zero()
    {
        await using var app = await RunningApp.StartAsync();
        var (first, second) = (Observer(app, "billing"), Observer(app, "billing"));
        first.Begin();
        Assert.Equal(0, (await app.ScrapeAsync()).Value("kafka_consumer_rebalances_total", ("consumergroup", "billing")));

        first.Heard(Statistics(lag: 5, rebalances: 3));
        second.Heard(Statistics(lag: 5, rebalances: 2));
        first.Heard(Statistics(lag: 5, rebalances: 4));

        var scrape = await app.ScrapeAsync();
        Assert.Equal(6, scrape.Value("kafka_consumer_rebalances_total", ("consumergroup", "billing")));
        Assert.Equal(0, scrape.Value("kafka_messages_consumed_total", ("topic", "orders"), ("consumergroup", "billing")));
    }

    [Theory]
    [InlineData(ErrorCode.Local_Transport, "transport")]
    [InlineData(ErrorCode.Local_Resolve, "transport")]
    [InlineData(ErrorCode.Local_AllBrokersDown, "all_brokers_down")]
    [InlineData(ErrorCode.Local_MsgTimedOut, "timeout")]
    [InlineData(ErrorCode.RequestTimedOut, "timeout")]
    [InlineData(ErrorCode.Local_Authentication, "authentication")]
    [InlineData(ErrorCode.SaslAuthenticationFailed, "authentication")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "authentication")]
    [InlineData(ErrorCode.UnknownTopicOrPart, "other")]
    [InlineData((ErrorCode)9999, "other")]
    public async Task An_error_has_a_kind_and_every_kind_begins_at_zero(ErrorCode code, string kind)
    {
        await using var app = await RunningApp.StartAsync();
        var observer = Observer(app, "billing");
        var before = (await app.ScrapeAsync()).All("kafka_client_errors_total").ToArray();
        Assert.Equal(["all_brokers_down", "authentication", "other", "timeout", "transport"], before.Select(sample => sample.Labels["kind"]).Order());
        Assert.All(before, sample => Assert.Equal(0, sample.Value));

        observer.Failed(new Error(code));

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("kafka_client_errors_total", ("kind", kind)));
        Assert.Equal(1, scrape.Sum("kafka_client_errors_total"));
    }

    private static ConsumerObserver Observer(RunningApp app, string group) =>
        new(KafkaHost.Of(app.Services.GetRequiredService<MetricRegistry>(), app.Services), group);

    private static string Statistics(long lag, int rebalances = 0) =>
        $$"""{"topics":{"orders":{"partitions":{"0":{"desired":true,"consumer_lag":{{lag}}} } } },"cgrp":{"rebalance_cnt":{{rebalances}}} }""";
}
