using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Tests.Registry;

/// <summary>Alone, since it weighs the heap of the whole process.</summary>
[Collection(nameof(LabelFloodTests))]
[CollectionDefinition(nameof(LabelFloodTests), DisableParallelization = true)]
public sealed class LabelFloodTests
{
    [Fact]
    public async Task A_flood_of_a_million_values_from_16_threads_stays_at_the_cap_and_loses_no_record()
    {
        const int Threads = 16;
        const int PerThread = 62_500;
        var registry = TestRegistry.New(limit: 500);
        var visits = registry.Metrics.Counter("visits_total", "Visits.", "page", MetricLabel.OneOf("result", "good", "bad"));
        visits.Inc("warm", "good");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
                visits.Inc($"page-{thread}-{i}", i % 2 == 0 ? "good" : "bad");
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(500 + 2, visits.SeriesCount);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        // 500 series take about half a megabyte; a million remembered values would take a hundred.
        Assert.True(after - before < 8_000_000, $"{after - before} bytes more are alive after the flood");
        var scrape = await registry.ScrapeAsync();
        Assert.Equal(502, scrape.All("visits_total").Count());
        Assert.Equal((Threads * PerThread) + 1, scrape.Sum("visits_total"));
        var other = scrape.Sum("visits_total", ("page", "_other"));
        Assert.Equal((Threads * PerThread) + 1 - scrape.All("visits_total").Where(s => s.Labels["page"] != "_other").Sum(s => s.Value), other);
        Assert.Equal(other, scrape.Value("colink_telemetry_label_values_refused_total", ("metric", "visits_total")));
        Assert.Equal(502, scrape.Value("colink_telemetry_series", ("metric", "visits_total")));

        var warning = await registry.WarningAsync(100);
        Assert.Contains("visits_total has reached its cap of 500 series", warning);
        Assert.Matches(@"page has \d+ values, refused 'page-\d+-\d+' beside '[^']+', '[^']+', '[^']+'; result has 2 values, refused '(good|bad)'", warning);
        Assert.Contains("SeriesLimits:visits_total", warning);
    }
}
