using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Registry.Meters;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Registry.Meters;

public sealed class ObservableInstrumentTests : PublishedMeter
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_observable_gauge_that_is_no_longer_observed_disappears_and_comes_back()
    {
        List<Measurement<int>> seen = [new(1, new KeyValuePair<string, object?>("pool", "a")), new(2, new KeyValuePair<string, object?>("pool", "b"))];
        _meter.CreateObservableGauge("pool.size", () => seen);
        Assert.Equal(2, (await _registry.ScrapeAsync()).All("pool_size").Count());

        seen.RemoveAt(0);
        Assert.Equal("b", Assert.Single((await _registry.ScrapeAsync()).All("pool_size")).Labels["pool"]);
        seen = [new(3)];
        Assert.Empty(Assert.Single((await _registry.ScrapeAsync()).All("pool_size")).Labels);
        seen = [];
        Assert.Empty((await _registry.ScrapeAsync()).All("pool_size"));
        seen = [new(9, new KeyValuePair<string, object?>("pool", "a"))];
        Assert.Equal(9, (await _registry.ScrapeAsync()).Value("pool_size", ("pool", "a")));
    }

    [Fact]
    public async Task Observations_of_one_tag_set_sum_up_and_an_observable_counter_follows()
    {
        var total = 10;
        _meter.CreateObservableCounter<int>("sent", () => [new(total, new KeyValuePair<string, object?>("a.b", "x")), new(1, new KeyValuePair<string, object?>("a-b", "x"))]);
        _meter.CreateObservableGauge<int>("open", () => [new(2), new(3)]);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(11, scrape.Value("sent_total", ("a_b", "x")));
        Assert.Equal(5, scrape.Value("open"));
        total = 20;
        Assert.Equal(21, (await _registry.ScrapeAsync()).Value("sent_total", ("a_b", "x")));
        total = 5;
        Assert.Equal(27, (await _registry.ScrapeAsync()).Value("sent_total", ("a_b", "x")));
    }

    [Fact]
    public async Task An_observable_counter_that_begins_anew_goes_on_from_where_its_series_was()
    {
        var total = 10;
        _meter.CreateObservableCounter("sent", () => total);
        Assert.Equal(10, (await _registry.ScrapeAsync()).Value("sent_total"));
        total = 4;
        Assert.Equal(14, (await _registry.ScrapeAsync()).Value("sent_total"));
        total = 7;
        Assert.Equal(17, (await _registry.ScrapeAsync()).Value("sent_total"));
    }

    [Fact]
    public async Task An_observable_counter_goes_on_where_another_of_its_name_ends()
    {
        var total = 10;
        _meter.CreateObservableCounter("sent", () => total);
        using (var passing = new Meter(_name))
        {
            passing.CreateObservableCounter("sent", () => 100);
            Assert.Equal(110, (await _registry.ScrapeAsync()).Value("sent_total"));
        }

        total = 13;
        Assert.Equal(113, (await _registry.ScrapeAsync()).Value("sent_total"));
        using var next = new Meter(_name);
        next.CreateObservableCounter("sent", () => 5);
        Assert.Equal(118, (await _registry.ScrapeAsync()).Value("sent_total"));
    }

    [Fact]
    public async Task Refused_totals_that_are_observed_no_more_do_not_count_the_others_again()
    {
        var pools = 60;
        _meter.CreateObservableCounter("sent", () => Enumerable.Range(0, pools).Select(i => new Measurement<int>(10, new KeyValuePair<string, object?>("pool", i))));
        Assert.Equal(100, (await _registry.ScrapeAsync()).Value("sent_total", ("pool", "_other")));
        pools = 55;
        Assert.Equal(100, (await _registry.ScrapeAsync()).Value("sent_total", ("pool", "_other")));
    }

    [Fact]
    public async Task A_callback_of_the_app_that_hangs_costs_its_own_values_and_only_once_the_patience()
    {
        var (time, calls, ours, hang) = (new FakeTimeProvider(), 0, 0, false);
        var registry = TestRegistry.New(time: time);
        registry.Metrics.BeforeScrape(Observers.Runtime, () => ours++);
        using var publisher = new MeterPublisher(registry.Metrics, null, _loggers.CreateLogger<MeterPublisher>());
        publisher.Start([_name]);
        using var gate = new ManualResetEventSlim();
        _meter.CreateObservableGauge("depth", () =>
        {
            var call = Interlocked.Increment(ref calls);
            if (Volatile.Read(ref hang))
                gate.Wait();
            return call;
        });
        Assert.Contains("\ndepth 1\n", await registry.TextAsync());
        try
        {
            Volatile.Write(ref hang, true);
            var first = Task.Run(() => registry.TextAsync());
            await Eventually.IsTrue(() => Volatile.Read(ref calls) == 2);
            using var gone = new CancellationTokenSource();
            var cancelled = Task.Run(() => registry.Metrics.WriteAsync(Stream.Null, openMetrics: false, gone.Token));
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Bound));
            Assert.False(first.IsCompleted);
            await Eventually.IsTrue(() =>
            {
                time.Advance(AppRefresh.Patience);
                return first.IsCompleted;
            });

            Assert.Contains("\ndepth 1\n", await first);
            for (var i = 0; i < 5; i++)
                Assert.Contains("\ndepth 1\n", await registry.TextAsync().WaitAsync(Bound));
            Assert.Equal(2, Volatile.Read(ref calls));
            Assert.Equal(8, ours);
            Assert.Equal(1, registry.Metrics.Counter(SelfCatalogue.ObserverErrors).With(Observers.Meters).Value);
            Assert.Contains("did not end within", Assert.Single(registry.Logs.Of(102)).Exception!.Message);
        }
        finally
        {
            Volatile.Write(ref hang, false);
            gate.Set();
        }

        await Eventually.IsTrue(() => registry.TextAsync().WaitAsync(Bound).GetAwaiter().GetResult().Contains("\ndepth 3\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instrument_whose_callback_fails_costs_its_own_series_only()
    {
        var broken = false;
        _meter.CreateObservableGauge("broken", () => broken ? throw new InvalidOperationException("no") : 1);
        _meter.CreateObservableGauge("sound", () => 2);
        Assert.Equal(1, (await _registry.ScrapeAsync()).Value("broken"));

        broken = true;
        var scrape = await _registry.ScrapeAsync();
        Assert.Null(scrape.Value("broken"));
        Assert.Equal(2, scrape.Value("sound"));
        Assert.Equal(2, scrape.Value(Errors, ("observer", Observers.Meters)));
    }
}
