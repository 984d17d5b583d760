using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace CoLink.Observability.Tests.Registry;

public sealed class StaticRegistryTests
{
    private const string Errors = "colink_telemetry_observer_errors_total";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();

#pragma warning disable RS0030 // Stands for the app's static registry, which is one for the whole process.
    private readonly CollectorRegistry _theirs = Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;

    public StaticRegistryTests() => _factory = Metrics.WithCustomRegistry(_theirs);

    [Fact]
    public async Task What_the_app_keeps_in_the_static_registry_is_merged()
    {
        Metrics.CreateCounter("legacy_orders_total", "Orders.").Inc(3);
        await using var off = await RunningApp.StartAsync();
        await using var app = await RunningApp.StartAsync(
            a => { a.UseHttpMetrics(); a.MapGet("/hello", () => "hello"); }, options: o => o.Metrics.IncludeStaticRegistry = true);
        await app.Client.GetStringAsync("/hello");
        var scrape = await app.ScrapeAfterAsync(s => s.Value("http_requests_total", ("endpoint", "/hello"), ("status", "200")) == 1 && s.Sum("http_requests_in_progress") == 0);

        StrictExposition.Parse(scrape.Text, openMetrics: false);
        Assert.Equal(3, scrape.Value("legacy_orders_total"));
        Assert.Equal(1, scrape.Value("http_requests_received_total", ("endpoint", "/hello")));
        Assert.Equal(1, scrape.Value("http_request_duration_seconds_count", ("endpoint", "/hello")));
        Assert.DoesNotContain(scrape.All("http_request_duration_seconds_count"), sample => sample.Labels.ContainsKey("code"));
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "prometheus_static_registry")));
        Assert.DoesNotContain("prometheus_net_", scrape.Text);
        Assert.Contains("http_request_duration_seconds", Assert.Single(app.Logs.Of(104)).Message);

        app.Client.DefaultRequestHeaders.Add("Accept", "application/openmetrics-text");
        StrictExposition.Parse(await app.Client.GetStringAsync("/metrics"), openMetrics: true);
        Assert.Null((await off.ScrapeAsync()).Value("legacy_orders_total"));
    }
#pragma warning restore RS0030

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_family_that_takes_a_name_of_ours_is_left_out_whatever_its_type(bool openMetrics)
    {
        var registry = New();
        registry.Metrics.Counter("orders_total", "Orders.").Inc();
        registry.Metrics.Histogram("wait_seconds", "Wait.", [1]).Observe(1);
        registry.Metrics.Gauge("level", "Level.").Set(1);
        registry.Metrics.Gauge("depth_meters", "Depth.").Set(1);
        _factory.CreateGauge("before", "Stays.").Set(1);
        _factory.CreateCounter("orders_total", "Clash.", ["kind"]).WithLabels("theirs").Inc();
        _factory.CreateGauge("orders", "Clash.").Set(4711);
        _factory.CreateGauge("wait_seconds_count", "Clash.").Set(4711);
        _factory.CreateSummary("wait_seconds", "Clash.").Observe(4711);
        _factory.CreateCounter("level_total", "Clash.").Inc(4711);
        _factory.CreateHistogram("level", "Clash.").Observe(4711);
        _factory.CreateCounter("colink_telemetry_label_values_refused_total", "Clash.").Inc(4711);
        _factory.CreateSummary("depth", "Stays.").Observe(2);
        _factory.CreateGauge("level_count", "Stays.").Set(1);
        _factory.CreateCounter("without_suffix", "Stays.").Inc(1);
        _factory.CreateHistogram("after_seconds", "Stays.", ["kind"]).WithLabels("a").Observe(1);

        var text = await registry.TextAsync(openMetrics);
        Assert.DoesNotContain("4711", text);
        Assert.DoesNotContain("Clash.", text);
        Assert.DoesNotContain("theirs", text);
        Assert.Equal(5, text.Split("Stays.").Length - 1);
        Assert.True(text.IndexOf("after_seconds", StringComparison.Ordinal) < text.IndexOf("colink_", StringComparison.Ordinal), "theirs come first");
        Assert.Equal(
            "Left out of prometheus-net's static registry, because the names are taken by CoLink.Observability: orders_total, orders, wait_seconds_count, wait_seconds, level_total, level, colink_telemetry_label_values_refused_total. Rename them, or stop declaring what is measured already.",
            Assert.Single(registry.Logs.Of(104)).Message);

        await registry.TextAsync(!openMetrics);
        Assert.Single(registry.Logs.Of(104));
        Assert.Equal(7, (await registry.ScrapeAsync()).Value(Errors, ("observer", Observers.StaticRegistry)));

        _factory.CreateGauge("orders_total_late", "Stays.");
        _factory.CreateGauge("wait_seconds_sum", "Clash.");
        await registry.TextAsync(openMetrics);
        Assert.Contains(": wait_seconds_sum. ", registry.Logs.Of(104).Last().Message);
    }

    [Fact]
    public async Task A_family_of_theirs_is_left_out_from_the_moment_we_declare_ours()
    {
        var registry = New();
        _factory.CreateGauge("level", "Theirs.").Set(1);
        Assert.Equal(1, (await registry.ScrapeAsync()).Value("level"));
        registry.Metrics.Gauge("level", "Ours.").Set(2);
        Assert.Equal(2, (await registry.ScrapeAsync()).Value("level"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thousands_of_series_and_lines_longer_than_a_buffer_pass_unchanged(bool openMetrics)
    {
        var counter = _factory.CreateCounter("theirs_total", "Theirs.", ["id"]);
        for (var i = 0; i < 3000; i++)
            counter.WithLabels($"# EOF {i}").Inc(i);
        counter.WithLabels("\n# HELP \"" + new string('x', 40_000)).Inc(7);
        _factory.CreateHistogram("their_seconds", "Theirs.").Observe(1);
        using var alone = new MemoryStream();
        await ClientLibrary.WriteAsync(_theirs, alone, openMetrics, CancellationToken.None);

        var text = await New().TextAsync(openMetrics);
        var expected = System.Text.Encoding.UTF8.GetString(alone.ToArray());
        Assert.StartsWith(openMetrics ? expected[..^"# EOF\n".Length] : expected, text);
    }

    [Fact]
    public async Task Any_cut_of_the_stream_gives_the_same_lines() =>
        await Gen.Int[1, 60].Array[1, 40].SampleAsync(async cuts =>
        {
            var bytes = "# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b counter\nb_total{x=\"# EOF\"} 2\n# HELP c C.\n# TYPE c gauge\nc 3\n# EOF\n"u8.ToArray();
            using var output = new MemoryStream();
            await using var lines = new ForeignLines(output, openMetrics: true, name => name == "b_total");
            var place = 0;
            foreach (var cut in cuts.Append(bytes.Length))
            {
                var end = Math.Min(bytes.Length, place + cut);
                await lines.WriteAsync(bytes.AsMemory(place..end));
                place = end;
            }

            Assert.Equal("# HELP a A.\n# TYPE a gauge\na 1\n# HELP c C.\n# TYPE c gauge\nc 3\n", System.Text.Encoding.UTF8.GetString(output.ToArray()));
            Assert.Equal("b_total", Assert.Single(lines.LeftOut));
        }, iter: 500);

    [Fact]
    public async Task A_collection_that_fails_on_the_way_costs_only_itself()
    {
        var registry = TestRegistry.New(foreign: new StaticRegistry(
            async (output, _, cancellation) =>
            {
                await output.WriteAsync("# HELP theirs T.\n# TYPE theirs gauge\ntheirs{a=\"1\"} 1\ntheirs{a=\"ha"u8.ToArray(), cancellation);
                throw new InvalidOperationException("broken");
            },
            _time));
        registry.Metrics.Gauge("level", "Level.").Set(1);

        var scrape = await registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("theirs", ("a", "1")));
        Assert.Equal(1, scrape.Value("level"));
        Assert.Equal(2, scrape.Value(Errors, ("observer", Observers.StaticRegistry)));
        Assert.Contains("broken", Assert.Single(registry.Logs.Of(102)).Exception!.Message);
    }

    [Fact]
    public async Task A_callback_of_theirs_that_never_ends_is_left_behind()
    {
        var hangs = new TaskCompletionSource();
        _theirs.AddBeforeCollectCallback(_ => hangs.Task);
        _factory.CreateGauge("theirs", "Theirs.").Set(1);
        var registry = New();
        registry.Metrics.Gauge("level", "Level.").Set(1);

        var text = registry.TextAsync();
        Assert.False(text.IsCompleted);
        await Eventually.IsTrue(() =>
        {
            _time.Advance(StaticRegistry.Patience);
            return text.IsCompleted;
        });
        Assert.Contains("\nlevel 1\n", await text);
        Assert.DoesNotContain("theirs", await text);
        Assert.Contains("did not end within", Assert.Single(registry.Logs.Of(102)).Exception!.Message);

        hangs.SetResult();
        await ReturnsAsync(registry);
    }

    [Fact]
    public async Task A_synchronous_callback_that_hangs_holds_one_thread_however_many_scrapes_come()
    {
        var calls = 0;
        using var gate = new ManualResetEventSlim();
        _theirs.AddBeforeCollectCallback(() =>
        {
            Interlocked.Increment(ref calls);
            gate.Wait();
        });
        _factory.CreateGauge("theirs", "Theirs.").Set(1);
        var registry = New();
        registry.Metrics.Gauge("level", "Level.").Set(1);
        try
        {
            var text = Task.Run(() => registry.TextAsync());
            await Eventually.IsTrue(() => Volatile.Read(ref calls) == 1);
            await Eventually.IsTrue(() =>
            {
                _time.Advance(StaticRegistry.Patience);
                return text.IsCompleted;
            });

            Assert.Contains("\nlevel 1\n", await text);
            for (var i = 0; i < 5; i++)
                Assert.Contains("\nlevel 1\n", await registry.TextAsync().WaitAsync(Bound));
            Assert.Equal(1, Volatile.Read(ref calls));
            Assert.Single(registry.Logs.Of(102));
        }
        finally
        {
            gate.Set();
        }

        await ReturnsAsync(registry);
    }

    [Fact]
    public async Task A_reader_that_went_away_is_no_failure_of_theirs()
    {
        _factory.CreateGauge("theirs", "Theirs.").Set(1);
        var registry = New();
        await using var gone = new Gone();
        await Assert.ThrowsAsync<IOException>(() => registry.Metrics.WriteAsync(gone, openMetrics: false, CancellationToken.None));

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.Metrics.WriteAsync(Stream.Null, openMetrics: false, cancelled.Token));
        Assert.Equal(0, (await registry.ScrapeAsync()).Value(Errors, ("observer", Observers.StaticRegistry)));
    }

    [Fact]
    public async Task A_help_text_of_theirs_with_a_line_break_does_not_break_the_exposition()
    {
        _factory.CreateGauge("theirs", "First line.\nsecond line {\n# EOF").Set(1);
        Assert.Contains("# HELP theirs First line.\n# TYPE theirs gauge\ntheirs 1\n", await New().TextAsync());
    }

    [Fact]
    public async Task An_exemplar_that_Prometheus_would_refuse_the_scrape_for_is_cut_off()
    {
        // Without _total the client library calls a counter unknown, and writes its exemplar all the same.
        _factory.CreateCounter("legacy_jobs", "Jobs.", ["kind"]).WithLabels("a # {b=\"c\"} 1").Inc(Exemplar.From(Exemplar.Pair("trace_id", "1")));
        _factory.CreateCounter("jobs_total", "Jobs.").Inc(Exemplar.From(Exemplar.Pair("trace_id", "2")));

        var text = await New().TextAsync(openMetrics: true);

        Assert.Contains("legacy_jobs{kind=\"a # {b=\\\"c\\\"} 1\"} 1.0\n", text);
        Assert.Contains("jobs_total 1.0 # {trace_id=\"2\"} 1.0", text);
    }

    private static async Task ReturnsAsync(TestRegistry registry)
    {
        string? text = null;
        for (var i = 0; i < 6000 && text?.Contains("\ntheirs 1\n", StringComparison.Ordinal) != true; i++)
        {
            await Task.Delay(10);
            text = await registry.TextAsync();
        }

        Assert.Contains("\ntheirs 1\n", text);
    }

    private TestRegistry New() => TestRegistry.New(foreign: StaticRegistry.Of(_theirs, _time));

    private sealed class Gone : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("gone");
    }
}
