using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry.Meters;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Registry.Meters;

public sealed class MeterPublisherTests : PublishedMeter
{
    [Fact]
    public async Task Every_kind_of_instrument_is_published()
    {
        _meter.CreateCounter<int>("orders.placed", "{order}", "Orders placed.").Add(2);
        _meter.CreateUpDownCounter<long>("queue.length").Add(5);
        _meter.CreateGauge<float>("room.temperature", "Cel").Record(21.5f);
        _meter.CreateHistogram<double>("wait", "s").Record(.2);
        _meter.CreateObservableCounter("sent", () => 1024m, "By");
        _meter.CreateObservableUpDownCounter<short>("workers", () => 3);
        _meter.CreateObservableGauge<byte>("lamp", () => 1);

        var text = await _registry.TextAsync();
        Assert.Contains("# HELP orders_placed_total Orders placed.\n# TYPE orders_placed_total counter\norders_placed_total 2\n", text);
        Assert.Contains("# TYPE queue_length gauge\nqueue_length 5\n", text);
        Assert.Contains("# TYPE room_temperature_celsius gauge\nroom_temperature_celsius 21.5\n", text);
        Assert.Contains("# TYPE wait_seconds histogram\nwait_seconds_sum 0.2\n", text);
        Assert.Contains("# TYPE sent_bytes_total counter\nsent_bytes_total 1024\n", text);
        Assert.Contains("# TYPE workers gauge\nworkers 3\n", text);
        Assert.Contains($"# HELP lamp The instrument lamp of the meter {_name}.\n# TYPE lamp gauge\nlamp 1\n", text);
    }

    [Fact]
    public async Task Instruments_that_would_read_the_same_are_not_added_up()
    {
        _meter.CreateCounter<int>("a.b").Add(1);
        _meter.CreateCounter<int>("a_b").Add(1000);
        _meter.CreateCounter<int>("größe").Add(1);
        _meter.CreateCounter<int>("gräße").Add(10);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("a_b_total"));
        Assert.Equal(1, scrape.Sum("gr_e_total"));
        Assert.Equal(2, scrape.Value(Errors, ("observer", Observers.Meters)));
        Assert.Contains($"as a_b_total it would be one with a.b of the meter {_name}", _registry.Logs.Of(103).First().Message);
    }

    [Fact]
    public async Task A_tag_that_holds_itself_is_a_text_like_any_other()
    {
        var endless = new object[1];
        endless[0] = endless;

        _meter.CreateCounter<int>("orders").Add(1, new KeyValuePair<string, object?>("kind", endless));

        Assert.Equal(1, (await _registry.ScrapeAsync()).Value("orders_total", ("kind", "System.Object[]")));
    }

    [Fact]
    public async Task Milliseconds_become_seconds_in_values_and_in_advised_bounds()
    {
        _meter.CreateHistogram("wait", "ms", null, null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [5, 25, 100] }).Record(30);
        _meter.CreateCounter<double>("cpu.ms", "ms").Add(1500);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(["0.005", "0.025", "0.1", "+Inf"], scrape.All("wait_seconds_bucket").Select(sample => sample.Labels["le"]));
        Assert.Equal(0, scrape.Value("wait_seconds_bucket", ("le", "0.025")));
        Assert.Equal(1, scrape.Value("wait_seconds_bucket", ("le", "0.1")));
        Assert.Equal(.03, scrape.Value("wait_seconds_sum"));
        Assert.Equal(1.5, scrape.Value("cpu_seconds_total"));
    }

    [Fact]
    public async Task A_histogram_without_advice_has_the_bounds_of_its_unit()
    {
        _meter.CreateHistogram<double>("wait", "s").Record(1);
        _meter.CreateHistogram<double>("body", "By").Record(1);
        _meter.CreateHistogram<double>("fill", "%").Record(50);
        _meter.CreateHistogram("plain", null, null, null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [] }).Record(1);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(Buckets.RequestSeconds.Count + 1, scrape.All("wait_seconds_bucket").Count());
        Assert.Equal(Buckets.Magnitudes.Count + 1, scrape.All("body_bytes_bucket").Count());
        Assert.Equal(.5, scrape.Value("fill_ratio_sum"));
        Assert.Equal(1, scrape.Value("fill_ratio_bucket", ("le", "0.5")));
        Assert.Equal("+Inf", Assert.Single(scrape.All("plain_bucket")).Labels["le"]);
    }

    [Fact]
    public async Task Tags_in_any_order_are_one_series_and_other_tags_another()
    {
        var orders = _meter.CreateCounter<int>("orders");
        orders.Add(1, new("kind", "book"), new("http.status-code", 200));
        orders.Add(2, new("http.status-code", 200L), new("kind", "book"));
        orders.Add(4, new KeyValuePair<string, object?>("kind", "book"));
        orders.Add(8, new("kind", "book"), new("country", null));
        orders.Add(16, new("kind", "book"), new("country", ""));
        orders.Add(32);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(3, scrape.Value("orders_total", ("kind", "book"), ("http_status_code", "200")));
        Assert.Equal(28, scrape.All("orders_total", ("kind", "book")).Single(sample => sample.Labels.Count == 1).Value);
        Assert.Equal(32, scrape.All("orders_total").Single(sample => sample.Labels.Count == 0).Value);
        Assert.Equal(3, scrape.Value("colink_telemetry_series", ("metric", "orders_total")));
    }

    [Fact]
    public async Task Tag_keys_become_valid_labels_and_none_is_lost()
    {
        _meter.CreateHistogram<int>("size").Record(
            1, new("le", "1"), new("job", "2"), new("A.B", "3"), new("a_b", "4"), new("1st", "5"), new("größe", "6"), new("日本", "7"), new("__name__", "8"));

        var labels = (await _registry.ScrapeAsync()).All("size_count").Single().Labels;
        Assert.Equal("a_b=3,a_b_2=4,gr_e=6,name=8,tag=7,tag_1st=5,tag_job=2,tag_le=1", string.Join(',', labels.Select(label => $"{label.Key}={label.Value}")));
    }

    [Fact]
    public async Task Tag_values_are_written_the_same_in_every_culture()
    {
        _meter.CreateCounter<int>("orders").Add(
            1, new("number", 1.5), new("truth", true), new("lie", false), new("kind", DayOfWeek.Friday), new("list", new[] { 1, 2 }), new("dirt", "a\"\\\n\uD800"));

        var labels = (await _registry.ScrapeAsync()).All("orders_total").Single().Labels;
        Assert.Equal(["a\"\\\n\uFFFD", "Friday", "false", "1,2", "1.5", "true"], labels.OrderBy(label => label.Key).Select(label => label.Value));
    }

    [Fact]
    public async Task One_cap_holds_over_all_label_sets_of_a_metric()
    {
        var orders = _meter.CreateCounter<int>("orders");
        for (var i = 0; i < 100; i++)
        {
            orders.Add(1, new KeyValuePair<string, object?>("customer", $"{i}"));
            orders.Add(1, new("customer", $"{i}"), new("kind", "book"));
        }

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(52, scrape.All("orders_total").Count());
        Assert.Equal(200, scrape.Sum("orders_total"));
        Assert.Equal(150, scrape.Sum("orders_total", ("customer", "_other")));
        Assert.Equal(150, scrape.Value("colink_telemetry_label_values_refused_total", ("metric", "orders_total")));
        Assert.Contains("orders_total has reached its cap of 50 series", await _registry.WarningAsync(100));
    }

    [Fact]
    public async Task Keys_that_come_from_outside_do_not_grow_the_exposition()
    {
        var orders = _meter.CreateCounter<int>("orders");
        for (var i = 0; i < 1000; i++)
            orders.Add(1, new KeyValuePair<string, object?>($"key{i}", "x"));
        orders.Add(1, Enumerable.Range(0, 200).Select(i => new KeyValuePair<string, object?>($"k{i}", "x")).ToArray());

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(TagSets.MaxSets + 1, scrape.All("orders_total").Count());
        Assert.Equal(1001, scrape.Sum("orders_total"));
        Assert.Equal(1001 - TagSets.MaxSets, scrape.Value("orders_total", ("tags", "_other")));
    }

    [Fact]
    public async Task What_is_no_amount_is_ignored_and_never_thrown_at_the_app()
    {
        var orders = _meter.CreateCounter<double>("orders");
        var level = _meter.CreateUpDownCounter<double>("level");
        var wait = _meter.CreateHistogram<double>("wait", "s");
        foreach (var wrong in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            orders.Add(wrong);
            level.Add(wrong);
            wait.Record(wrong);
        }

        orders.Add(-1);
        orders.Add(1, new KeyValuePair<string, object?>("hostile", new Hostile()));
        orders.Add(1);
        level.Add(-2);
        wait.Record(-3);
        _meter.CreateObservableCounter<double>("observed", () => [new(double.NaN), new(-1)]);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("orders_total"));
        Assert.Equal(-2, scrape.Value("level"));
        Assert.Equal(1, scrape.Value("wait_seconds_count"));
        Assert.Equal(0, scrape.Value("observed_total"));
        Assert.Equal(1, scrape.Value(Errors, ("observer", Observers.Meters)));
    }

    [Fact]
    public async Task A_name_of_ours_wins_and_the_instrument_left_out_is_named_once()
    {
        _registry.Metrics.Gauge("basket_items", "Items.").Set(7);
        _meter.CreateGauge<int>("basket.items").Record(1);
        _meter.CreateGauge<int>("basket.items").Record(1);
        _meter.CreateCounter<int>("http.requests").Add(1);
        _meter.CreateCounter<int>("colink.orders").Add(1);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(7, scrape.Value("basket_items"));
        Assert.Null(scrape.Value("http_requests_total"));
        Assert.Null(scrape.Value("colink_orders_total"));
        Assert.Equal(3, scrape.Value(Errors, ("observer", Observers.Meters)));
        Assert.Equal(
            [
                $"The instrument basket.items of the meter {_name} is left out of the metrics: as basket_items it takes a name of basket_items.",
                $"The instrument http.requests of the meter {_name} is left out of the metrics: as http_requests_total it takes a name of the platform's.",
                $"The instrument colink.orders of the meter {_name} is left out of the metrics: as colink_orders_total it takes a name of the platform's.",
            ],
            _registry.Logs.Of(103).Select(line => line.Message));
    }

    [Fact]
    public async Task Instruments_of_one_name_share_a_metric_where_they_speak_alike_and_else_the_first_stays()
    {
        using var twin = new Meter(_name, "2.0");
        _meter.CreateCounter<int>("orders").Add(1);
        twin.CreateCounter<double>("orders").Add(2);
        twin.CreateObservableCounter("orders", () => 100);
        _meter.CreateHistogram<int>("basket").Record(1);
        _meter.CreateGauge<int>("basket").Record(1);
        _meter.CreateGauge<int>("basket.count").Record(1);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(3, scrape.Value("orders_total"));
        Assert.Equal(1, scrape.Value("basket_count"));
        Assert.Equal(3, _registry.Logs.Of(103).Count());
    }

    [Fact]
    public void A_metric_declared_after_the_meter_took_its_name_is_refused_with_the_reason()
    {
        _meter.CreateCounter<int>("orders").Add(1);
        Assert.Contains("is published from a meter of Metrics:Meters", Assert.Throws<ArgumentException>(() => _registry.Metrics.Counter("orders_total", "Orders.")).Message);
    }

    [Fact]
    public async Task A_disposed_meter_keeps_its_totals_and_loses_its_levels()
    {
        using (var passing = new Meter(_name))
        {
            passing.CreateCounter<int>("orders").Add(1);
            passing.CreateUpDownCounter<int>("level").Add(5, new KeyValuePair<string, object?>("pool", "a"));
            passing.CreateObservableGauge("depth", () => 3);
            Assert.Equal(3, (await _registry.ScrapeAsync()).Value("depth"));
        }

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("orders_total"));
        Assert.Null(scrape.Value("level"));
        Assert.Null(scrape.Value("depth"));
    }

    [Fact]
    public async Task A_disposed_publisher_listens_no_more()
    {
        var orders = _meter.CreateCounter<int>("orders");
        orders.Add(1);
        _publisher.Dispose();
        orders.Add(1);
        Assert.False(orders.Enabled);
        Assert.Equal(1, (await _registry.ScrapeAsync()).Value("orders_total"));
    }

    [Fact]
    public void A_known_set_of_tags_is_recorded_without_allocating()
    {
        var orders = _meter.CreateCounter<int>("orders");
        Record(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record(int times)
        {
            for (var i = 0; i < times; i++)
                orders.Add(1, new("kind", "book"), new("country", "de"));
        }
    }

    [Fact]
    public async Task Scrapes_and_measurements_from_many_threads_lose_nothing()
    {
        var orders = _meter.CreateCounter<int>("orders");
        _meter.CreateObservableGauge("depth", () => new Measurement<int>(1, new KeyValuePair<string, object?>("turn", Random.Shared.Next(10))));
        var recording = Task.Run(() => Parallel.For(0, 100_000, i => orders.Add(1, new("kind", i % 7), new("country", i % 5))));
        while (!recording.IsCompleted)
            await Task.WhenAll(_registry.ScrapeAsync(), _registry.TextAsync());
        await recording;

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(35, scrape.All("orders_total").Count());
        Assert.Equal(100_000, scrape.Sum("orders_total"));
        Assert.Single(scrape.All("depth"));
    }

    private sealed class Hostile
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
