using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

public sealed class MemoryCacheTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_are_counted(bool web)
    {
        await using var host = CacheHost.Build(s => s.AddMemoryCache(), web: web);
        var cache = host.Services.GetRequiredService<IMemoryCache>();

        cache.Set("a", "one");
        Assert.Equal("one", cache.Get("a"));
        Assert.Equal("one", cache.GetOrCreate("a", _ => "two"));
        Assert.Equal("two", await cache.GetOrCreateAsync("b", _ => Task.FromResult("two")));
        cache.Remove("a");
        Assert.False(cache.TryGetValue("a", out _));

        Assert.Equal((2, 2), host.Reads("memory"));
    }

    [Fact]
    public async Task Sixteen_threads_are_counted_exactly()
    {
        await using var host = CacheHost.Build(s => s.AddMemoryCache());
        var cache = host.Services.GetRequiredService<IMemoryCache>();
        cache.Set("a", "one");

        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 3_000; i++)
                cache.TryGetValue(i % 3 == 0 ? "b" : "a", out _);
        })));

        Assert.Equal((32_000, 16_000), host.Reads("memory"));
    }

    [Fact]
    public async Task It_stays_the_frameworks_cache_with_the_apps_options()
    {
        MemoryCache cache;
        await using (var host = CacheHost.Build(s => s.AddMemoryCache(o => (o.SizeLimit, o.TrackStatistics) = (1, true))))
        {
            cache = Assert.IsAssignableFrom<MemoryCache>(host.Services.GetRequiredService<IMemoryCache>());
            IMemoryCache app = cache;

            Assert.Throws<InvalidOperationException>(() => app.Set("unsized", 1));
            app.Set("a", "one", new MemoryCacheEntryOptions { Size = 1 });
            app.Set("b", "too much", new MemoryCacheEntryOptions { Size = 1 });
            Assert.Equal("one", app.Get("a"));
            Assert.Null(app.Get("b"));
            Assert.Equal((1, 1), (app.GetCurrentStatistics()!.TotalHits, app.GetCurrentStatistics()!.TotalMisses));
            cache.Clear();
            Assert.Equal(0, cache.Count);
            Assert.Equal((1, 1), host.Reads("memory"));
        }

        Assert.Throws<ObjectDisposedException>(() => cache.Get("a"));
    }

    [Fact]
    public async Task A_cache_that_the_app_makes_itself_stays_its_own_and_has_no_series()
    {
        using var given = new MemoryCache(new MemoryCacheOptions());
        await using var host = await CacheHost.StartAsync(s => s.AddSingleton<IMemoryCache>(given));

        Assert.Same(given, host.Services.GetRequiredService<IMemoryCache>());
        given.Get("a");

        Assert.Equal((null, null), host.Reads("memory"));
        Assert.Equal(0, host.SourceActive("MemoryCache"));
    }

    [Fact]
    public async Task A_framework_that_registers_caches_nobody_reads_makes_no_series()
    {
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                a.UseSession();
                a.MapRazorPages();
                a.MapGet("/hello", () => "hello").CacheOutput();
                a.UseOutputCache();
            },
            builder =>
            {
                builder.Services.AddControllersWithViews();
                builder.Services.AddRazorPages();
                builder.Services.AddOutputCache();
                builder.Services.AddResponseCaching();
                builder.Services.AddSession();
                builder.Services.AddHybridCache();
            });

        await app.Client.GetStringAsync("/hello");
        await app.Client.GetAsync("/Shop");
        var scrape = await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/hello"), ("status", "200")) == 1);

        Assert.DoesNotContain("redis_hits_total", scrape.Text);
        Assert.Equal((1, 1, 1), (Active("IDistributedCache"), Active("HybridCache"), Active("MemoryCache")));

        double? Active(string source) => scrape.Value("colink_telemetry_source_active", ("source", source));
    }

    [Fact]
    public async Task Where_there_is_no_cache_the_sources_say_0()
    {
        await using var host = await CacheHost.StartAsync(web: false);

        Assert.Equal((0, 0, 0), (host.SourceActive("IDistributedCache"), host.SourceActive("HybridCache"), host.SourceActive("MemoryCache")));
        Assert.Empty(host.Logs.Of(142));
    }
}
