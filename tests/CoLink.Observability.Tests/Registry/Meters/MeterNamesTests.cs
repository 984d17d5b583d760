using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry.Meters;

namespace CoLink.Observability.Tests.Registry.Meters;

public sealed class MeterNamesTests
{
    [Theory]
    [InlineData("http.client.request.duration", "s", "Histogram", "http_client_request_duration_seconds")]
    [InlineData("http.client.active_requests", "{request}", "Gauge", "http_client_active_requests")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", "Counter", "dotnet_gc_heap_total_allocated_bytes_total")]
    [InlineData("orders", "{order}", "Counter", "orders_total")]
    [InlineData("orders.total", null, "Counter", "orders_total")]
    [InlineData("orders_total", "By", "Counter", "orders_bytes_total")]
    [InlineData("orders.total", null, "Gauge", "orders")]
    [InlineData("cache.hit", "1", "Gauge", "cache_hit_ratio")]
    [InlineData("cache.hit", "1", "Counter", "cache_hit_total")]
    [InlineData("cache.hit.ratio", "1", "Gauge", "cache_hit_ratio")]
    [InlineData("cpu", "%", "Gauge", "cpu_ratio")]
    [InlineData("wait", "ms", "Histogram", "wait_seconds")]
    [InlineData("wait-ms", "ms", "Histogram", "wait_seconds")]
    [InlineData("wait.seconds", "s", "Histogram", "wait_seconds")]
    [InlineData("seconds", "s", "Histogram", "seconds")]
    [InlineData("ms", "ms", "Gauge", "ms_seconds")]
    [InlineData("sent", "messages", "Counter", "sent_messages_total")]
    [InlineData("rate", "By/s", "Gauge", "rate_bytes_per_second")]
    [InlineData("rate", "{request}/s", "Gauge", "rate_per_second")]
    [InlineData("rate", "By/{request}", "Gauge", "rate_bytes")]
    [InlineData("disk", "MiB", "Gauge", "disk_bytes")]
    [InlineData("Proc.Count", "count", "Gauge", "proc_count")]
    [InlineData("9lives", null, "Gauge", "metric_9lives")]
    [InlineData("日本", null, "Counter", "metric_total")]
    [InlineData("日本", "s", "Gauge", "metric_seconds")]
    [InlineData("..a..b..", null, "Gauge", "a_b")]
    [InlineData("a\nb", "x\ny", "Gauge", "a_b_x_y")]
    public void An_instrument_is_called(string instrument, string? unit, string kind, string expected)
    {
        var parsed = Enum.Parse<MetricKind>(kind);
        Assert.Equal(expected, MeterNames.Metric(instrument, unit, InstrumentUnit.Of(unit, parsed), parsed));
    }

    [Theory]
    [InlineData("ms", 5, .005)]
    [InlineData("us", 3, .000003)]
    [InlineData("ns", 7, .000000007)]
    [InlineData("min", 2, 120)]
    [InlineData("h", 2, 7200)]
    [InlineData("d", 1, 86400)]
    [InlineData("KiBy", 2, 2048)]
    [InlineData("kB", 2, 2000)]
    [InlineData("%", 7, .07)]
    [InlineData("s", .1, .1)]
    [InlineData("{thing}", 3, 3)]
    [InlineData(null, 3, 3)]
    public void A_value_is_scaled_to_the_base_unit(string? unit, double value, double expected) =>
        Assert.Equal(expected, InstrumentUnit.Of(unit, MetricKind.Gauge).Scale(value));
}
