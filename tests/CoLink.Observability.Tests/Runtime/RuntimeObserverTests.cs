using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Runtime;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Runtime;

/// <summary>The runtime is the whole process': beside these tests nothing collects, throws or waits for the pool.</summary>
[Collection(nameof(ProcessWide))]
public sealed class RuntimeObserverTests
{
    [Fact]
    public async Task Each_metric_of_the_catalogue_is_served_by_an_app()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere process_threads and process_open_fds are absent.");
        await using var app = await RunningApp.StartAsync();

        var scrape = await app.ScrapeAsync();

        Assert.Empty(RuntimeCatalogue.All.Where(metric => !scrape.All(metric.Name).Any()).Select(metric => metric.Name));
        Assert.Equal(["gen0", "gen1", "gen2"], scrape.All("dotnet_gc_collections_total").Select(sample => sample.Labels["generation"]).Order());
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "System.Runtime")));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "runtime")));
    }

    [Fact]
    public async Task Switched_off_it_serves_none_of_them()
    {
        await using var app = await RunningApp.StartAsync(settings: new Dictionary<string, string?> { ["CoLink:Observability:Runtime:Enabled"] = "false" });

        var scrape = await app.ScrapeAsync();

        Assert.DoesNotContain(scrape.Samples, sample => RuntimeCatalogue.All.Any(metric => metric.Name == sample.Name));
        Assert.Empty(scrape.All("colink_telemetry_source_active", ("source", "System.Runtime")));
    }

    [Fact]
    public async Task Totals_lie_between_what_the_runtime_says_before_and_after_the_scrape()
    {
        using var runtime = new Observed();
        GC.Collect();
        (string Metric, Func<double> Reading)[] totals =
        [
            ("process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds),
            ("dotnet_gc_collections_total", () => GC.CollectionCount(0)),
            ("dotnet_gc_pause_seconds_total", () => GC.GetTotalPauseDuration().TotalSeconds),
            ("dotnet_threadpool_completed_items_total", () => ThreadPool.CompletedWorkItemCount),
            ("dotnet_lock_contentions_total", () => Monitor.LockContentionCount),
        ];

        var before = totals.Select(total => total.Reading()).ToList();
        var scrape = await runtime.ScrapeAsync();
        var after = totals.Select(total => total.Reading()).ToList();

        // The CPU time is a sum of two rounded parts.
        const double Rounding = 1e-6;
        for (var i = 0; i < totals.Length; i++)
        {
            var value = scrape.Sum(totals[i].Metric);
            Assert.True(before[i] - Rounding <= value && value <= after[i] + Rounding, $"{totals[i].Metric}: {before[i]} <= {value} <= {after[i]}");
        }

        Assert.True(scrape.Sum("process_cpu_seconds_total") > 0);
    }

    [Fact]
    public async Task A_collection_counts_once_under_the_oldest_generation_collected()
    {
        using var runtime = new Observed();
        var (inAll, inGen2, before) = (GC.CollectionCount(0), GC.CollectionCount(2), await runtime.ScrapeAsync());

        for (var i = 0; i < 5; i++)
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);

        var after = await runtime.ScrapeAsync();
        var (grewInAll, grewInGen2) = (after.Sum("dotnet_gc_collections_total") - before.Sum("dotnet_gc_collections_total"), Gen2(after) - Gen2(before));
        Assert.InRange(grewInGen2, 5, GC.CollectionCount(2) - inGen2);
        Assert.InRange(grewInAll, grewInGen2, GC.CollectionCount(0) - inAll);

        static double Gen2(Scrape scrape) => scrape.Value("dotnet_gc_collections_total", ("generation", "gen2"))!.Value;
    }

    [Fact]
    public async Task Sizes_and_counts_are_those_that_the_runtime_says()
    {
        using var runtime = new Observed();
        GC.Collect();

        // One comparison may be between two moments.
        await runtime.ScrapeUntilAsync(s => s.Value("dotnet_gc_heap_bytes") == GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes);
        await runtime.ScrapeUntilAsync(s => s.Value("dotnet_threadpool_threads") == ThreadPool.ThreadCount);
        await runtime.ScrapeUntilAsync(s => s.Value("dotnet_threadpool_queue_length") == ThreadPool.PendingWorkItemCount);
        await runtime.ScrapeUntilAsync(s => s.Value("process_resident_memory_bytes") is { } bytes && Math.Abs(bytes - Environment.WorkingSet) < bytes / 10);
    }

    [Fact]
    public async Task Work_that_waits_for_the_pool_is_its_queue()
    {
        const int Waiting = 500;
        using var runtime = new Observed();
        using var release = new ManualResetEventSlim();
        using var done = new CountdownEvent(Waiting);
        for (var i = 0; i < Waiting; i++)
        {
            ThreadPool.QueueUserWorkItem(_ =>
            {
                release.Wait();
                done.Signal();
            });
        }

        // Written to memory, the scrape needs no thread of the pool.
        var scrape = await runtime.ScrapeAsync();
        release.Set();
        done.Wait();

        Assert.InRange(scrape.Value("dotnet_threadpool_queue_length")!.Value, Waiting - ThreadPool.ThreadCount, double.MaxValue);
        Assert.InRange((await runtime.ScrapeAsync()).Value("dotnet_threadpool_completed_items_total")!.Value, Waiting - 1, double.MaxValue);
    }

    [Fact]
    public async Task The_start_is_when_the_system_says_the_process_started()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        using var runtime = new Observed();

        // The name of the process stands in brackets and may hold anything; the start is the 20th field behind it, in ticks since the boot.
        var ticks = (await File.ReadAllTextAsync("/proc/self/stat")).Split(") ")[^1].Split(' ')[19];
        var boot = (await File.ReadAllLinesAsync("/proc/stat")).Single(line => line.StartsWith("btime ", StringComparison.Ordinal))["btime ".Length..];
        var expected = long.Parse(boot, CultureInfo.InvariantCulture) + (double.Parse(ticks, CultureInfo.InvariantCulture) / 100);
        Assert.Equal(expected, (await runtime.ScrapeAsync()).Value("process_start_time_seconds")!.Value, tolerance: 2);
    }

    [Fact]
    public async Task The_limits_of_this_process_are_plausible()
    {
        using var runtime = new Observed();

        var scrape = await runtime.ScrapeAsync();

        Assert.InRange(scrape.Value("process_cpu_limit_cores")!.Value, 0.001, 10_000);
        Assert.InRange(scrape.Value("process_memory_limit_bytes")!.Value, scrape.Value("process_resident_memory_bytes")!.Value, 1L << 50);
    }

    [Fact]
    public async Task Exceptions_are_counted_by_each_host_of_the_process_from_its_start_on()
    {
        await using var first = await RunningApp.StartAsync();
        await using var second = await RunningApp.StartAsync();
        var before = (First: await Exceptions(first), Second: await Exceptions(second));

        Throw(100);

        Assert.InRange(await Exceptions(first) - before.First, 100, double.MaxValue);
        Assert.InRange(await Exceptions(second) - before.Second, 100, double.MaxValue);

        static async Task<double> Exceptions(RunningApp app) => (await app.ScrapeAsync()).Value("dotnet_exceptions_total")!.Value;
    }

    [Fact]
    public async Task A_scrape_throws_no_exceptions_of_its_own()
    {
        using var machine = new FakeMachine().InGroups("0::/a", "1:cpu,memory:/b").Write("sys/fs/cgroup/a/cgroup.procs", "").Write("sys/fs/cpu/b/cgroup.procs", "")
            .WithMounts(("/", "/sys/fs/cgroup", "cgroup2", ""), ("/", "/sys/fs/cpu", "cgroup", ",cpu,memory"));
        using var runtime = new Observed(machine.Root);
        await runtime.ScrapeAsync();
        var (thrown, thread) = (0, Environment.CurrentManagedThreadId);
        EventHandler<FirstChanceExceptionEventArgs> count = (_, _) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += count;

        // What is read for a scrape is read before the first await, on this thread.
        var scrape = runtime.ScrapeAsync();
        AppDomain.CurrentDomain.FirstChanceException -= count;

        await scrape;
        Assert.Equal(0, thrown);
    }

    [Fact]
    public async Task Once_disposed_it_hears_no_more_and_the_scrape_goes_on()
    {
        using var runtime = new Observed();
        Throw(1);
        Assert.InRange((await runtime.ScrapeAsync()).Value("dotnet_exceptions_total")!.Value, 1, double.MaxValue);

        runtime.Observer.Dispose();
        var before = await runtime.ScrapeAsync();
        Throw(100);

        var after = await runtime.ScrapeAsync();
        Assert.Equal(before.Value("dotnet_exceptions_total"), after.Value("dotnet_exceptions_total"));
        Assert.Equal(before.Value("process_cpu_seconds_total"), after.Value("process_cpu_seconds_total"));
        Assert.Equal(0, after.Value("colink_telemetry_observer_errors_total", ("observer", "runtime")));
    }

    [Fact]
    public async Task A_file_that_cannot_be_understood_costs_its_own_series_and_an_error_not_the_scrape()
    {
        using var machine = new FakeMachine().InGroups("0::/").WithVersion2().Write("sys/fs/cgroup/cpu.max", "plenty\n").Write("sys/fs/cgroup/memory.max", "1048576\n");
        using var runtime = new Observed(machine.Root);

        await runtime.ScrapeAsync();
        var scrape = await runtime.ScrapeAsync();

        Assert.Equal(2, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "runtime")));
        Assert.Null(scrape.Value("process_cpu_limit_cores"));
        Assert.Equal(1048576, scrape.Value("process_memory_limit_bytes"));
        Assert.NotNull(scrape.Value("process_cpu_seconds_total"));
    }

    [Fact]
    public async Task A_system_without_proc_has_no_threads_series_rather_than_a_0()
    {
        using var runtime = new Observed("/nowhere");

        var scrape = await runtime.ScrapeAsync();

        Assert.Null(scrape.Value("process_threads"));
        Assert.Equal(Environment.ProcessorCount, scrape.Value("process_cpu_limit_cores"));
        Assert.Equal(0, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "runtime")));
    }

    private static void Throw(int times)
    {
        for (var i = 0; i < times; i++)
        {
            try
            {
                throw new UnreachableException();
            }
            catch (UnreachableException)
            {
                // Handled ones count too.
            }
        }
    }

    /// <summary>The observer and a registry, without an app.</summary>
    private sealed class Observed : IDisposable
    {
        private readonly MetricRegistry _registry = new(SeriesLimits.Default, NullLogger.Instance);

        public Observed(string root = "/")
        {
            Observer = new RuntimeObserver(_registry, root);
            Observer.Start();
        }

        public RuntimeObserver Observer { get; }

        public async Task<Scrape> ScrapeAsync()
        {
            using var output = new MemoryStream();
            await _registry.WriteAsync(output, openMetrics: false, TestContext.Current.CancellationToken);
            return Scrape.Parse(Encoding.UTF8.GetString(output.ToArray()));
        }

        public async Task ScrapeUntilAsync(Func<Scrape, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "")
        {
            Scrape? scrape = null;
            for (var tries = 0; tries < 6000; tries++)
            {
                scrape = await ScrapeAsync();
                if (satisfied(scrape))
                    return;
                await Task.Delay(10);
            }

            Assert.Fail($"Not satisfied: {text}\n{scrape!.Text}");
        }

        public void Dispose() => Observer.Dispose();
    }
}
