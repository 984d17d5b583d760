using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CsCheck;

namespace CoLink.Observability.Tests.Registry;

public sealed class MetricNamesTests
{
    [Fact]
    public void Snake_case_is_words_with_single_underscores_between_them() =>
        Gen.String[Gen.Char["az09_A-\né"], 0, 7].Sample(name => MetricNames.IsSnakeCase(name) == System.Text.RegularExpressions.Regex.IsMatch(name, "^[a-z][a-z0-9]*(_[a-z0-9]+)*\\z"));

    [Theory]
    [InlineData("Orders_total", "is not a valid name")]
    [InlineData("orders-total", "is not a valid name")]
    [InlineData("orders.total", "is not a valid name")]
    [InlineData("1orders_total", "is not a valid name")]
    [InlineData("_orders_total", "is not a valid name")]
    [InlineData("orders__total", "is not a valid name")]
    [InlineData("orders_total\n", "is not a valid name")]
    [InlineData("bestellungen_größe_total", "is not a valid name")]
    [InlineData("", "is not a valid name")]
    [InlineData(null, "is not a valid name")]
    [InlineData("orders", "is a counter, and a counter's name ends in _total: call it orders_total")]
    [InlineData("wait_ms_total", "record in the base unit and end the name in _seconds_total")]
    [InlineData("wait_milliseconds_total", "record in the base unit and end the name in _seconds_total")]
    [InlineData("sent_kb_total", "record in the base unit and end the name in _bytes_total")]
    [InlineData("wait_time_total", "names a quantity ('time') without its unit")]
    [InlineData("orders_count_total", null)]
    [InlineData("wait_seconds_total", null)]
    [InlineData("colink_orders_total", "is the platform's name")]
    [InlineData("http_requests_total", "is the platform's name")]
    [InlineData("messages_sent_total", "is the platform's name")]
    public void A_counter_is_called(string? name, string? rule) => Judge(registry => registry.Counter(name!, "Help."), name, rule);

    [Theory]
    [InlineData("orders_total", "ends in _total, which says counter, but it is declared as a gauge")]
    [InlineData("queue_bucket", "ends in _bucket, which is kept for the samples of a family")]
    [InlineData("queue_count", "ends in _count, which is kept for the samples of a family")]
    [InlineData("queue_sum", "ends in _sum, which is kept for the samples of a family")]
    [InlineData("queue_created", "ends in _created, which is kept for the samples of a family")]
    [InlineData("queue_info", "ends in _info, which is kept for the samples of a family")]
    [InlineData("queue_age", "names a quantity ('age') without its unit")]
    [InlineData("queue_latency", "names a quantity ('latency') without its unit")]
    [InlineData("queue_size", "names a quantity ('size') without its unit")]
    [InlineData("fill_percent", "names a quantity ('percent') without its unit")]
    [InlineData("queue_age_ms", "end the name in _seconds")]
    [InlineData("queue_age_minutes", "end the name in _seconds")]
    [InlineData("disk_used_gb", "end the name in _bytes")]
    [InlineData("disk_used_mib", "end the name in _bytes")]
    [InlineData("queue_length", null)]
    [InlineData("queue_age_seconds", null)]
    [InlineData("http_requests", "is the platform's name")]
    [InlineData("colink_queue", "is the platform's name")]
    public void A_gauge_is_called(string name, string? rule) => Judge(registry => registry.Gauge(name, "Help."), name, rule);

    [Theory]
    [InlineData("checkout", "is a histogram without a unit")]
    [InlineData("checkout_duration", "names a quantity ('duration') without its unit")]
    [InlineData("checkout_ms", "end the name in _seconds")]
    [InlineData("checkout_total", "ends in _total, which says counter, but it is declared as a histogram")]
    [InlineData("seconds", "is a histogram without a unit")]
    [InlineData("checkout_seconds", null)]
    [InlineData("basket_items", null)]
    [InlineData("hit_ratio", null)]
    [InlineData("http_request_duration_seconds", "is the platform's name")]
    public void A_histogram_is_called(string name, string? rule) => Judge(registry => registry.Histogram(name, "Help.", [1]), name, rule);

    [Theory]
    [InlineData("le")]
    [InlineData("quantile")]
    [InlineData("job")]
    [InlineData("instance")]
    [InlineData("exported_job")]
    [InlineData("exported_instance")]
    [InlineData("trace_id")]
    [InlineData("span_id")]
    [InlineData("request_id")]
    public void A_reserved_label_is_refused(string label) =>
        Judge(registry => registry.Counter("orders_total", "Help.", label), "orders_total", $"has a label '{label}', which is reserved");

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("Kind")]
    [InlineData("kind-of")]
    [InlineData("__kind")]
    [InlineData("kind\n")]
    [InlineData("1st")]
    public void An_invalid_label_is_refused(string? label) =>
        Judge(registry => registry.Counter("orders_total", "Help.", label!), "orders_total", $"has a label '{label}' that is not a valid name");

    [Fact]
    public void A_label_that_is_null_is_refused() =>
        Judge(registry => registry.Counter("orders_total", "Help.", (MetricLabel)null!), "orders_total", "has a label '' that is not a valid name");

    [Fact]
    public void A_label_given_twice_is_refused() =>
        Judge(registry => registry.Counter("orders_total", "Help.", "kind", "kind"), "orders_total", "has the label 'kind' twice");

    [Fact]
    public void Eight_labels_are_allowed_and_nine_are_refused()
    {
        MetricLabel[] labels = [.. "abcdefghi".Select(c => MetricLabel.Open($"{c}"))];
        Judge(registry => registry.Counter("orders_total", "Help.", labels.AsSpan(0, 8)), "orders_total", null);
        Judge(registry => registry.Counter("orders_total", "Help.", labels), "orders_total", "has 9 labels; at most 8 are allowed");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData(null)]
    public void A_metric_without_help_is_refused(string? help) =>
        Judge(registry => registry.Counter("orders_total", help!), "orders_total", "has no help text");

    [Theory]
    [InlineData(new double[0], "is a histogram without buckets")]
    [InlineData(new[] { 2d, 1d }, "has a bucket bound 1 at place 1: bounds are finite and ascend")]
    [InlineData(new[] { 1d, 1d }, "has a bucket bound 1 at place 1")]
    [InlineData(new[] { double.NaN }, "has a bucket bound NaN at place 0")]
    [InlineData(new[] { 1d, double.PositiveInfinity }, "at place 1: bounds are finite and ascend; +Inf is implied")]
    public void Bounds_that_do_not_ascend_are_refused(double[] buckets, string rule) =>
        Judge(registry => registry.Histogram("checkout_seconds", "Help.", buckets), "checkout_seconds", rule);

    [Fact]
    public void Every_metric_of_the_catalogue_passes_the_rules()
    {
        foreach (var metric in MetricCatalogue.All)
            MetricNames.Check(metric);
    }

    private static void Judge(Action<MetricRegistry> declare, string? name, string? rule)
    {
        var registry = TestRegistry.New().Metrics;
        if (rule is null)
        {
            declare(registry);
            return;
        }

        var refused = Assert.Throws<ArgumentException>(() => declare(registry));
        Assert.StartsWith($"Metric '{name}' ", refused.Message);
        Assert.Contains(rule, refused.Message);
    }
}
