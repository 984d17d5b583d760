using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CsCheck;

namespace CoLink.Observability.Tests.Registry;

public sealed class ExpositionTextTests
{
    [Theory]
    [InlineData("a pair 😀 stays", "a pair 😀 stays")]
    [InlineData("\0\u0001\t\r\u007F\u0085\u2028\uFEFF", "\0\u0001\t\r\u007F\u0085\u2028\uFEFF")]
    [InlineData("\"quoted\"", "\"quoted\"")]
    [InlineData(@"back\slash\n\", @"back\slash\n\")]
    [InlineData("two\nlines\r\n", "two\nlines\r\n")]
    [InlineData("} 1\n# EOF", "} 1\n# EOF")]
    [InlineData("a=\"b\",c=\"", "a=\"b\",c=\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public async Task A_dirty_label_value_is_read_back(string? value, string expected)
    {
        var registry = TestRegistry.New();
        registry.Metrics.Counter("orders_total", "Orders.", "kind").Inc(value!);

        Assert.Equal(expected, Assert.Single((await registry.ScrapeAsync()).All("orders_total")).Labels["kind"]);
    }

    /// <summary>No theory: an attribute cannot hold them.</summary>
    [Fact]
    public async Task Lone_surrogates_are_replaced()
    {
        var registry = TestRegistry.New();
        var orders = registry.Metrics.Counter("orders_total", "Orders.", "kind");
        foreach (var value in new[] { "lone \uD800 surrogate", "\uDC00\uD800", "ends in \uD83D" })
            orders.Inc(value);

        Assert.Equal(
            ["ends in \uFFFD", "lone \uFFFD surrogate", "\uFFFD\uFFFD"],
            (await registry.ScrapeAsync()).All("orders_total").Select(sample => sample.Labels["kind"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_value_of_ten_thousand_characters_is_cut_without_cutting_a_character()
    {
        var registry = TestRegistry.New();
        var orders = registry.Metrics.Counter("orders_total", "Orders.", "kind");
        orders.Inc(new string('x', 10_000));
        orders.Inc("x" + string.Concat(Enumerable.Repeat("😀", 5_000)));

        var values = (await registry.ScrapeAsync()).All("orders_total").Select(sample => sample.Labels["kind"]).ToList();
        Assert.All(values, value => Assert.Equal(LabelValues.MaxLength, value.Length));
        Assert.Contains(new string('x', LabelValues.MaxLength), values);
    }

    [Fact]
    public async Task Values_that_are_the_same_once_cleaned_are_one_series()
    {
        var registry = TestRegistry.New(limit: 2);
        var orders = registry.Metrics.Counter("orders_total", "Orders.", "kind");
        foreach (var value in new[] { "\uD800", "\uDBFF", "\uFFFD", "\uD800" })
            orders.Inc(value);

        Assert.Equal(4, (await registry.ScrapeAsync()).Value("orders_total", ("kind", "\uFFFD")));
    }

    [Fact]
    public async Task Any_label_value_is_read_back_as_it_was_cleaned() =>
        await Gen.Char.Array[0, 40].Select(characters => new string(characters)).Array[1, 8].SampleAsync(async values =>
        {
            var registry = TestRegistry.New();
            var orders = registry.Metrics.Counter("orders_total", "Orders.", "kind", "other");
            foreach (var value in values)
                orders.Inc(value, value);
            var expected = values.GroupBy(LabelValues.Clean).ToDictionary(group => group.Key, group => (double)group.Count());
            var read = (await registry.ScrapeAsync()).All("orders_total").ToDictionary(sample => sample.Labels["kind"], sample => sample.Value);
            Assert.Equal(expected, read);
        }, iter: 300);

    [Fact]
    public async Task Help_with_a_line_break_and_a_backslash_stays_on_its_line()
    {
        var registry = TestRegistry.New();
        registry.Metrics.Counter("orders_total", "Orders of C:\\new,\r\nin two lines, \"quoted\", \uD800.");

        var text = await registry.TextAsync();
        Assert.Contains("# HELP orders_total Orders of C:\\\\new,\\nin two lines, 'quoted', \uFFFD.\n# TYPE orders_total counter\norders_total 0\n", text);
        await registry.TextAsync(openMetrics: true);
    }

    [Fact]
    public async Task Openmetrics_names_a_counter_without_total_and_ends_in_one_mark()
    {
        var registry = TestRegistry.New();
        registry.Metrics.Counter("orders_total", "Orders.").Inc();

        var text = await registry.TextAsync(openMetrics: true);
        Assert.Contains("# TYPE orders counter\norders_total 1.0\n", text);
        Assert.Single(text.Split("# EOF\n")[..^1]);
    }

    [Fact]
    public async Task Exemplars_are_of_sampled_spans_and_only_in_openmetrics()
    {
        var registry = TestRegistry.New();
        var wait = registry.Metrics.Histogram(new MetricDefinition("wait_seconds", MetricKind.Histogram, "Wait.") { Buckets = [1, 2], Exemplars = true });
        var orders = registry.Metrics.Counter(new MetricDefinition("orders_total", MetricKind.Counter, "Orders.") { Exemplars = true });
        var plain = registry.Metrics.Counter("plain_total", "Plain.");

        Record(ActivityTraceFlags.None);
        Assert.DoesNotContain("trace_id", await registry.TextAsync(openMetrics: true));

        var traceId = Record(ActivityTraceFlags.Recorded);
        var lines = (await registry.TextAsync(openMetrics: true)).Split('\n').Where(line => line.Contains("trace_id", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.Contains(traceId, line));
        Assert.StartsWith("orders_total", lines.Single(line => !line.StartsWith("wait_seconds_bucket{le=\"1.0\"}", StringComparison.Ordinal)));
        Assert.DoesNotContain("trace_id", await registry.TextAsync());

        string Record(ActivityTraceFlags flags)
        {
            using var span = new Activity("work") { ActivityTraceFlags = flags }.Start();
            wait.Observe(.5);
            orders.Inc();
            plain.Inc();
            return span.TraceId.ToHexString();
        }
    }

    [Fact]
    public async Task An_exemplar_is_the_first_of_its_bucket_after_a_scrape()
    {
        var registry = TestRegistry.New();
        var wait = registry.Metrics.Histogram(new MetricDefinition("wait_seconds", MetricKind.Histogram, "Wait.") { Buckets = [1, 2], Exemplars = true });
        var orders = registry.Metrics.Counter(new MetricDefinition("orders_total", MetricKind.Counter, "Orders.") { Exemplars = true });

        // One that is not sampled takes no one's place.
        Record(.5, ActivityTraceFlags.None);
        var first = Record(.5);
        Record(.6);
        var slow = Record(1.5);
        Assert.Equal([(first, .5), (slow, 1.5), (first, 1)], await ShownAsync());
        Assert.Equal([(first, .5), (slow, 1.5), (first, 1)], await ShownAsync());

        var next = Record(.7);
        Record(.8);
        Assert.Equal([(next, .7), (slow, 1.5), (next, 1)], await ShownAsync());

        string Record(double seconds, ActivityTraceFlags flags = ActivityTraceFlags.Recorded)
        {
            using var span = new Activity("work") { ActivityTraceFlags = flags }.Start();
            wait.Observe(seconds);
            orders.Inc();
            return span.TraceId.ToHexString();
        }

        async Task<IEnumerable<(string Trace, double Value)>> ShownAsync()
        {
            var read = await registry.ReadAsync(openMetrics: true);
            return from sample in read.Family("wait_seconds").Samples.Concat(read.Family("orders").Samples)
                   let exemplar = sample.Exemplar
                   where exemplar is not null
                   select (exemplar.Labels.Single(label => label.Name == "trace_id").Value, exemplar.Value);
        }
    }

    [Fact]
    public async Task A_failing_refresh_costs_its_own_metrics_and_is_counted()
    {
        var registry = TestRegistry.New();
        registry.Metrics.BeforeScrape(Observers.Runtime, () => throw new InvalidOperationException("no"));
        registry.Metrics.Gauge("level", "Level.").Set(1);

        await registry.TextAsync();
        var scrape = await registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("level"));
        Assert.Equal(3, scrape.Value("colink_telemetry_observer_errors_total", ("observer", Observers.Runtime)));
        Assert.Single(registry.Logs.Of(102));
    }
}
