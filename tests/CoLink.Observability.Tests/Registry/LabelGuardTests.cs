using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Registry;

public sealed class LabelGuardTests
{
    private const string Refused = "colink_telemetry_label_values_refused_total";
    private static readonly MetricLabel Result = MetricLabel.OneOf("result", "good", "bad");

    [Fact]
    public void A_refused_record_allocates_nothing_once_the_warning_is_out()
    {
        var registry = TestRegistry.New(limit: 1);
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page", Result);
        var pages = Enumerable.Range(0, 1200).Select(i => $"page-{i}").ToArray();
        foreach (var page in pages)
            visits.Inc(page, "good");

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var page in pages)
            visits.With(page, "good").Inc();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Bounded_labels_keep_their_value_in_overflow()
    {
        var registry = TestRegistry.New(limit: 1);
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page", Result, "visitor");
        visits.Inc("a", "good", "x");
        visits.Inc("b", "good", "y");
        visits.Inc("c", "bad", "z");
        visits.Inc("d", "bad", "z");

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("visits_total", ("page", "_other"), ("result", "good"), ("visitor", "_other")));
        Assert.Equal(2, scrape.Value("visits_total", ("page", "_other"), ("result", "bad"), ("visitor", "_other")));
        Assert.Equal(3, scrape.All("visits_total").Count());
    }

    [Fact]
    public async Task A_value_that_a_bounded_label_does_not_name_is_other_and_named_in_a_warning_of_its_own()
    {
        var registry = TestRegistry.New();
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page", Result);
        visits.Inc("home", "ugly\n");
        visits.Inc("about", "uglier");
        visits.Inc("home", "good");

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("visits_total", ("page", "_other"), ("result", "_other")));
        Assert.Equal(1, scrape.Value("visits_total", ("page", "home"), ("result", "good")));
        Assert.Equal(2, scrape.Value(Refused, ("metric", "visits_total")));
        Assert.Contains("was given 'ugly?' for its label result, which takes one of: good, bad", await registry.WarningAsync(101));
        Assert.Empty(registry.Logs.Of(100));
    }

    [Fact]
    public async Task A_metric_whose_labels_are_all_bounded_has_no_cap()
    {
        var registry = TestRegistry.New(limit: 1);
        var visits = registry.Metrics.Counter("visits_total", "Visits.", Result);
        visits.Inc("good");
        visits.Inc("bad");

        Assert.Equal(2, (await registry.ScrapeAsync()).All("visits_total").Count());
    }

    [Fact]
    public void A_cap_set_for_a_metric_wins_over_the_general_one()
    {
        var registry = TestRegistry.New(limit: 5, limits: [("few_total", 2)]);
        var few = registry.Metrics.Counter("few_total", "Few.", "id");
        var many = registry.Metrics.Counter("many_total", "Many.", "id");
        for (var i = 0; i < 20; i++)
        {
            few.Inc($"{i}");
            many.Inc($"{i}");
        }

        Assert.Equal(3, few.SeriesCount);
        Assert.Equal(6, many.SeriesCount);
    }

    [Fact]
    public async Task A_removed_series_leaves_its_place_to_another()
    {
        var registry = TestRegistry.New(limit: 1);
        var level = registry.Metrics.Gauge("level", "Level.", "tank");
        level.With("a").Set(1);
        Assert.True(level.Remove(["a"]));
        level.With("b").Set(2);
        Assert.False(level.Remove(["a"]));

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("level", ("tank", "b")));
        Assert.Single(scrape.All("level"));
    }

    [Fact]
    public async Task A_removed_series_without_labels_does_not_come_back_as_zero()
    {
        var registry = TestRegistry.New();
        var level = registry.Metrics.Gauge("level", "Level.");
        level.Set(7);
        Assert.True(level.Remove([]));
        Assert.Null((await registry.ScrapeAsync()).Value("level"));

        level.Set(3);
        Assert.Equal(3, (await registry.ScrapeAsync()).Value("level"));
    }

    [Fact]
    public async Task A_wrong_number_of_values_is_recorded_and_never_throws()
    {
        var registry = TestRegistry.New();
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page", "visitor");
        visits.Inc();
        visits.Inc("home");
        visits.Inc("home", "me", "too", "many");
        visits.Inc(null!, null!);
        registry.Metrics.Counter("plain_total", "Plain.").Inc("one");
        Assert.Equal(4, (await registry.ScrapeAsync()).Value("colink_telemetry_observer_errors_total", ("observer", Observers.Registry)));
        await Eventually.IsTrue(() => registry.Logs.Of(105).Count() >= 2);
        Assert.Equal(
            [
                "Metric plain_total was given 1 label values, but it has 0 labels: []. Missing values are recorded as empty and further ones left out; such records are counted in colink_telemetry_observer_errors_total.",
                "Metric visits_total was given 0 label values, but it has 2 labels: [page, visitor]. Missing values are recorded as empty and further ones left out; such records are counted in colink_telemetry_observer_errors_total.",
            ],
            registry.Logs.Of(105).Select(line => line.Message).Order(StringComparer.Ordinal));

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("visits_total", ("page", ""), ("visitor", "")));
        Assert.Equal(1, scrape.Value("visits_total", ("page", "home"), ("visitor", "")));
        Assert.Equal(1, scrape.Value("visits_total", ("page", "home"), ("visitor", "me")));
        Assert.Equal(1, scrape.Value("plain_total"));
    }

    [Fact]
    public async Task Amounts_and_values_go_to_the_series_of_their_labels()
    {
        var registry = TestRegistry.New();
        var plain = registry.Metrics.Counter("plain_total", "Plain.");
        plain.Inc();
        plain.Inc(2.0);
        plain.Inc(4);
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page");
        visits.Inc("home");
        visits.Inc(2.0, "home");
        visits.Inc(-1, "home");
        var level = registry.Metrics.Gauge("level", "Level.", "tank");
        level.Set(7, "a");
        level.Set(8, "b");

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(7, scrape.Value("plain_total"));
        Assert.Equal(3, scrape.Value("visits_total", ("page", "home")));
        Assert.Equal(7, scrape.Value("level", ("tank", "a")));
        Assert.Equal(8, scrape.Value("level", ("tank", "b")));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", Observers.Registry)));
    }

    [Fact]
    public async Task A_series_made_while_one_of_the_same_values_is_removed_is_not_lost()
    {
        var registry = TestRegistry.New();
        var level = registry.Metrics.Gauge("level", "Level.", "tank");
        var tanks = Enumerable.Range(0, 500).Select(i => $"{i}").ToArray();
        for (var round = 0; round < 100; round++)
        {
            foreach (var tank in tanks)
                level.Set(1, tank);
            using var start = new Barrier(2);
            await Task.WhenAll(
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    foreach (var tank in tanks)
                        level.Remove([tank]);
                }),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    foreach (var tank in tanks)
                        level.Set(2, tank);
                }));
            Assert.Equal(level.SeriesCount, Scrape.Parse(await registry.TextAsync()).All("level").Count());
        }
    }

    [Fact]
    public async Task The_library_speaks_about_itself_beyond_any_cap()
    {
        var registry = TestRegistry.New(limit: 1);
        foreach (var name in new[] { "one_total", "two_total", "three_total" })
            registry.Metrics.Counter(name, "Counts.").Inc();
        foreach (var metric in SelfCatalogue.All.Where(metric => metric.Kind == MetricKind.Gauge && metric.Labels.Any(label => !label.IsBounded)))
        {
            var gauge = registry.Metrics.Gauge(metric);
            gauge.With([.. metric.Labels.Select(_ => "a")]).Set(1);
            gauge.With([.. metric.Labels.Select(_ => "b")]).Set(1);
        }

        await registry.ScrapeAsync();
        var scrape = await registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("colink_telemetry_series", ("metric", "three_total")));
        Assert.DoesNotContain("_other\"", scrape.Text);
        Assert.Equal(0, scrape.Sum("colink_telemetry_label_values_refused_total"));
    }

    [Fact]
    public void A_known_series_is_found_and_counted_without_allocating()
    {
        var registry = TestRegistry.New();
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page", Result);
        var level = registry.Metrics.Gauge("level", "Level.", "tank");
        var size = registry.Metrics.Histogram("size_bytes", "Size.", [1, 2], "kind");
        Record(10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record(int times)
        {
            for (var i = 0; i < times; i++)
            {
                visits.With("home", "good").Inc();
                level.With("a").Set(i);
                size.With("photo").Observe(i);
            }
        }
    }

    [Fact]
    public async Task What_is_no_amount_is_ignored()
    {
        var registry = TestRegistry.New();
        var visits = registry.Metrics.Counter("visits_total", "Visits.");
        var level = registry.Metrics.Gauge("level", "Level.");
        var size = registry.Metrics.Histogram("size_bytes", "Size.", [1, 2]);
        foreach (var wrong in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            visits.With().Inc(wrong);
            visits.With().Follow(wrong);
            level.With().Inc(wrong);
            level.With().Dec(wrong);
            size.Observe(wrong);
        }

        visits.With().Inc(-1);
        visits.With().Inc(2);
        visits.With().Follow(1);
        level.With().Inc(3);
        size.Observe(-1);

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("visits_total"));
        Assert.Equal(3, scrape.Value("level"));
        Assert.Equal(1, scrape.Value("size_bytes_count"));
        Assert.Equal(-1, scrape.Value("size_bytes_sum"));
    }

    [Fact]
    public async Task A_gauge_without_a_value_reads_as_no_number()
    {
        var registry = TestRegistry.New();
        registry.Metrics.Gauge("level", "Level.").Set(double.NaN);
        registry.Metrics.Gauge("height", "Height.").Set(double.PositiveInfinity);

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(double.NaN, scrape.Value("level"));
        Assert.Equal(double.PositiveInfinity, scrape.Value("height"));
    }
}
