using System.Text.Json;

namespace CoLink.Observability.Kafka.Tests;

public sealed class ConsumerStatisticsTests
{
    [Fact]
    public void The_clients_own_partition_and_negative_numbers_are_skipped()
    {
        var read = Read("""
            "0": {"desired":true,"consumer_lag":10}, "1": {"desired":true,"consumer_lag":-1,"consumer_lag_stored":-1,"query_offset":-1,"lo_offset":0,"hi_offset":5},
            "2": {"desired":true,"consumer_lag":7}, "-1": {"desired":true,"consumer_lag":1000}
            """);

        Assert.Equal(17, Assert.Single(read.Lag, topic => topic.Key == "orders").Value);
        Assert.Equal(["orders"], read.Topics);
    }

    [Fact]
    public void A_partition_that_was_revoked_keeps_its_lag_in_the_statistics_but_is_not_counted()
    {
        var read = Read(""" "0": {"desired":false,"consumer_lag":149}, "1": {"desired":true,"consumer_lag":3} """);

        Assert.Equal(3, read.Lag["orders"]);
        Assert.Empty(Read(""" "0": {"desired":false,"consumer_lag":149} """).Topics);
    }

    [Fact]
    public void A_partition_of_which_nothing_is_committed_counts_from_what_was_consumed_or_from_its_beginning()
    {
        Assert.Equal(40, Read(""" "0": {"desired":true,"consumer_lag":-1,"consumer_lag_stored":40,"query_offset":-2,"lo_offset":0,"ls_offset":90} """).Lag["orders"]);
        Assert.Equal(90, Read(""" "0": {"desired":true,"consumer_lag":-1,"consumer_lag_stored":-1,"query_offset":-2,"lo_offset":10,"ls_offset":100,"hi_offset":120} """).Lag["orders"]);
        Assert.Equal(110, Read(""" "0": {"desired":true,"consumer_lag":-1,"consumer_lag_stored":-1,"query_offset":-2,"lo_offset":10,"ls_offset":-1001,"hi_offset":120} """).Lag["orders"]);
    }

    [Fact]
    public void What_is_not_known_is_absent_and_not_zero()
    {
        var read = Read(""" "0": {"desired":true,"consumer_lag":-1,"consumer_lag_stored":-1,"query_offset":-2,"lo_offset":-1001,"hi_offset":-1001} """);

        Assert.Empty(read.Lag);
        Assert.Equal(["orders"], read.Topics);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"topics":[1],"cgrp":"x"}""")]
    [InlineData("""{"topics":{"orders":null,"b":{"partitions":3},"c":{"partitions":{"0":"?","1":{"desired":"yes"}}}},"cgrp":{"rebalance_cnt":"many"}}""")]
    [InlineData("""{"topics":{"orders":{"partitions":{"0":{"desired":true,"consumer_lag":1e99}}}},"cgrp":{"rebalance_cnt":0.5}}""")]
    public void Shapes_of_another_client_say_nothing(string json)
    {
        var read = ConsumerStatistics.Read(json);

        Assert.Empty(read.Lag);
        Assert.Equal(0, read.Rebalances);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"topics":{"orders":""")]
    public void What_is_no_json_is_an_error(string json) => Assert.ThrowsAny<JsonException>(() => ConsumerStatistics.Read(json));

    private static ConsumerStatistics Read(string partitions) =>
        ConsumerStatistics.Read("""{"topics":{"orders":{"topic":"orders","partitions":{""" + partitions + """}}},"cgrp":{"rebalance_cnt":2}}""");
}
