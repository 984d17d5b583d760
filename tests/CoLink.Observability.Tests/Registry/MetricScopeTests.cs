using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Registry;

/// <summary>The timer and what is in progress, of a service's own metrics.</summary>
public sealed class MetricScopeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HistogramSeries _histogram;
    private readonly GaugeSeries _gauge;

    public MetricScopeTests()
    {
        var registry = TestRegistry.New(time: _time).Metrics;
        _histogram = registry.Histogram("shop_delivery_seconds", "Time to the door.", Buckets.RequestSeconds).With();
        _gauge = registry.Gauge("shop_deliveries", "Deliveries on their way.").With();
    }

    [Fact]
    public void A_timer_records_the_seconds_until_it_is_disposed()
    {
        using (_histogram.Time())
            _time.Advance(TimeSpan.FromMilliseconds(1_500));

        Assert.Equal((1, 1.5), (_histogram.Count, _histogram.Sum));
    }

    [Fact]
    public void Work_that_throws_is_timed_and_no_longer_in_progress()
    {
        Assert.Throws<InvalidOperationException>(Work);

        Assert.Equal((1, 2.0, 0.0), (_histogram.Count, _histogram.Sum, _gauge.Value));

        void Work()
        {
            using (_histogram.Time())
            using (_gauge.Track())
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                throw new InvalidOperationException();
            }
        }
    }

    [Fact]
    public void What_is_tracked_is_in_progress_until_it_is_disposed()
    {
        var first = _gauge.Track();
        using (_gauge.Track())
            Assert.Equal(2, _gauge.Value);
        Assert.Equal(1, _gauge.Value);
        first.Dispose();
        Assert.Equal(0, _gauge.Value);
    }

    [Fact]
    public void Disposed_twice_or_as_a_copy_it_counts_once()
    {
        var timer = _histogram.Time();
        var copy = timer;
        var tracked = _gauge.Track();
        timer.Dispose();
        timer.Dispose();
        copy.Dispose();
        tracked.Dispose();
        tracked.Dispose();

        Assert.Equal((1, 0.0), (_histogram.Count, _gauge.Value));
    }

    /// <summary>What is measured is rented: a late disposal must not end somebody else's measurement.</summary>
    [Fact]
    public void Disposed_again_later_it_leaves_what_runs_by_then_alone()
    {
        var ended = _histogram.Time();
        ended.Dispose();
        var running = _histogram.Time();
        _time.Advance(TimeSpan.FromSeconds(1));
        ended.Dispose();
        Assert.Equal(1, _histogram.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        running.Dispose();

        Assert.Equal((2, 2.0), (_histogram.Count, _histogram.Sum));
    }

    [Fact]
    public void One_that_never_began_does_nothing_when_disposed() => default(MetricScope).Dispose();

    [Fact]
    public async Task It_crosses_awaits_and_threads_and_the_numbers_are_exact()
    {
        const int Workers = 16, Times = 500;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            for (var i = 0; i < Times; i++)
            {
                using (_histogram.Time())
                using (_gauge.Track())
                    await Task.Yield();
            }
        }));

        Assert.Equal((Workers * Times, 0.0), (_histogram.Count, _gauge.Value));
    }

    [Fact]
    public void Timing_and_tracking_allocate_nothing()
    {
        Measure(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(10_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_096);

        void Measure(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using (_histogram.Time())
                using (_gauge.Track())
                {
                }
            }
        }
    }

    [Fact]
    public async Task The_clock_is_the_hosts()
    {
        await using var app = await RunningApp.StartAsync(builder: b => b.Services.AddSingleton<TimeProvider>(_time));
        var histogram = app.Services.GetRequiredService<MetricRegistry>().Histogram("shop_delivery_seconds", "Time to the door.", Buckets.RequestSeconds);

        using (histogram.With().Time())
            _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(3, (await app.ScrapeAsync()).Value("shop_delivery_seconds_sum"));
    }
}
