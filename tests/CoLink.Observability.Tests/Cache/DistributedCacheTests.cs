using System.Buffers;
using CoLink.Observability.Cache;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

public sealed class DistributedCacheTests
{
    private static readonly byte[] Value = [1, 2, 3];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Reads_are_counted_whether_the_cache_is_registered_before_or_after_the_call_in_web_applications_and_workers(bool web, bool late)
    {
        await using var host = late
            ? CacheHost.Build(s => s.AddDistributedMemoryCache(), web: web)
            : CacheHost.Build(early: s => s.AddDistributedMemoryCache(), web: web);
        var cache = host.Services.GetRequiredService<IDistributedCache>();

        await cache.SetAsync("a", Value);
        Assert.Equal(Value, cache.Get("a"));
        Assert.Equal(Value, await cache.GetAsync("a"));
        Assert.Null(await cache.GetStringAsync("b"));

        Assert.Equal((2, 1), host.Reads("distributed"));
        Assert.Equal(1, host.Kinds);
    }

    [Fact]
    public async Task Sixteen_threads_are_counted_exactly()
    {
        await using var host = CacheHost.Build(s => s.AddDistributedMemoryCache());
        var cache = host.Services.GetRequiredService<IDistributedCache>();
        cache.Set("a", Value);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                cache.Get("a");
                await cache.GetAsync(i % 2 == 0 ? "a" : "b");
            }
        })));

        Assert.Equal((48_000, 16_000), host.Reads("distributed"));
    }

    [Fact]
    public async Task What_is_no_read_is_passed_on_uncounted()
    {
        var own = new OwnBufferCache();
        await using var host = CacheHost.Build(s => s.AddSingleton<IDistributedCache>(own));
        var cache = Assert.IsAssignableFrom<IBufferDistributedCache>(host.Services.GetRequiredService<IDistributedCache>());

        cache.Set("a", Value, new());
        await cache.SetAsync("b", Value, new());
        cache.Set("c", new ReadOnlySequence<byte>(Value), new());
        await cache.SetAsync("d", new ReadOnlySequence<byte>(Value), new());
        cache.Refresh("e");
        await cache.RefreshAsync("f");
        cache.Remove("g");
        await cache.RemoveAsync("h");

        Assert.Equal(["Set a", "SetAsync b", "SetBuffer c", "Set c", "SetBufferAsync d", "SetAsync d", "Refresh e", "RefreshAsync f", "Remove g", "RemoveAsync h"], own.Calls);
        Assert.Equal(0, host.Kinds);
    }

    [Fact]
    public async Task Reads_into_buffers_are_counted_and_their_bytes_arrive()
    {
        await using var host = CacheHost.Build(s => s.AddSingleton<IDistributedCache, OwnBufferCache>());
        var cache = Assert.IsAssignableFrom<IBufferDistributedCache>(host.Services.GetRequiredService<IDistributedCache>());
        cache.Set("a", Value, new());
        var buffer = new ArrayBufferWriter<byte>();

        Assert.True(cache.TryGet("a", buffer));
        Assert.True(await cache.TryGetAsync("a", buffer));
        Assert.False(cache.TryGet("b", buffer));
        Assert.False(await cache.TryGetAsync("b", buffer));

        Assert.Equal([.. Value, .. Value], buffer.WrittenSpan.ToArray());
        Assert.Equal((2, 2), host.Reads("distributed"));
    }

    [Fact]
    public async Task A_cache_without_buffers_does_not_get_any()
    {
        await using var host = CacheHost.Build(s => s.AddSingleton<IDistributedCache, OwnCache>());

        Assert.False(host.Services.GetRequiredService<IDistributedCache>() is IBufferDistributedCache);
    }

    [Fact]
    public async Task A_read_that_fails_or_is_given_up_is_neither_a_hit_nor_a_miss()
    {
        var own = new OwnCache { Gate = new TaskCompletionSource() };
        await using var host = CacheHost.Build(s => s.AddSingleton<IDistributedCache>(own));
        var cache = host.Services.GetRequiredService<IDistributedCache>();
        using var impatient = new CancellationTokenSource();

        Assert.Throws<InvalidOperationException>(() => cache.Get("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.GetAsync("broken"));
        var reading = cache.GetAsync("a", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, host.Kinds);

        var slow = cache.GetAsync("a", TestContext.Current.CancellationToken);
        Assert.False(slow.IsCompleted);
        own.Gate.SetResult();
        Assert.Null(await slow);
        Assert.Equal((0, 1), host.Reads("distributed"));
    }

    [Fact]
    public async Task Keyed_caches_are_counted_too()
    {
        await using var host = CacheHost.Build(s => s
            .AddKeyedSingleton<IDistributedCache, OwnCache>("type")
            .AddKeyedSingleton<IDistributedCache>("instance", new OwnCache())
            .AddKeyedSingleton<IDistributedCache>("factory", (_, key) => Assert.IsType<string>(key) == "factory" ? new OwnCache() : null!)
            .AddKeyedSingleton<IDistributedCache>(KeyedService.AnyKey, new OwnCache())
            .AddKeyedSingleton<IDistributedCache, CacheThatKnowsItsKey>("asks"));

        foreach (var key in (string[])["type", "instance", "factory"])
            host.Services.GetRequiredKeyedService<IDistributedCache>(key).Get("a");

        Assert.Equal((0, 3), host.Reads("distributed"));

        // Behind another key these two could not work, so they are left alone.
        Assert.IsType<OwnCache>(host.Services.GetRequiredKeyedService<IDistributedCache>("any"));
        Assert.Equal("asks", Assert.IsType<CacheThatKnowsItsKey>(host.Services.GetRequiredKeyedService<IDistributedCache>("asks")).Key);
    }

    [Fact]
    public async Task Each_registration_keeps_its_lifetime_and_its_place()
    {
        await using var host = CacheHost.Build(s => s
            .AddSingleton<IDistributedCache, OwnCache>()
            .AddScoped<IDistributedCache>(_ => new OwnBufferCache()));
        using var one = host.Services.CreateScope();
        using var other = host.Services.CreateScope();

        Assert.Same(one.ServiceProvider.GetRequiredService<IDistributedCache>(), one.ServiceProvider.GetRequiredService<IDistributedCache>());
        Assert.NotSame(one.ServiceProvider.GetRequiredService<IDistributedCache>(), other.ServiceProvider.GetRequiredService<IDistributedCache>());
        Assert.Equal([typeof(CountedDistributedCache), typeof(CountedBufferDistributedCache)], one.ServiceProvider.GetServices<IDistributedCache>().Select(cache => cache.GetType()));
        Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IDistributedCache>());
    }

    [Fact]
    public async Task The_container_disposes_of_what_it_has_made_once_and_of_the_apps_instance_never()
    {
        var (made, given) = (new OwnCache(), new OwnCache());
        await using (var host = CacheHost.Build(s => s.AddKeyedSingleton<IDistributedCache>("made", (_, _) => made).AddSingleton<IDistributedCache>(given)))
        {
            host.Services.GetRequiredKeyedService<IDistributedCache>("made").Get("a");
            host.Services.GetRequiredService<IDistributedCache>().Get("a");
        }

        Assert.Equal((1, 0), (made.Disposed, given.Disposed));
    }

    [Fact]
    public async Task A_scoped_cache_is_disposed_of_with_its_scope()
    {
        var made = new OwnCache();
        await using var host = CacheHost.Build(s => s.AddScoped<IDistributedCache>(_ => made));
        using (var scope = host.Services.CreateScope())
            scope.ServiceProvider.GetRequiredService<IDistributedCache>().Get("a");

        Assert.Equal(1, made.Disposed);
    }

    [Fact]
    public async Task A_second_call_counts_nothing_twice()
    {
        await using var host = CacheHost.Build(s => s.AddDistributedMemoryCache(), calls: 2);

        host.Services.GetRequiredService<IDistributedCache>().Get("a");

        Assert.Equal((0, 1), host.Reads("distributed"));
        Assert.IsType<MemoryDistributedCache>(Assert.IsType<CountedDistributedCache>(host.Services.GetRequiredService<IDistributedCache>()).Inner);
    }

    [Fact]
    public async Task A_cache_that_the_app_has_put_before_another_is_read_once()
    {
        await using var host = CacheHost.Build(s => s
            .AddKeyedSingleton<IDistributedCache, OwnCache>("below")
            .AddSingleton<IDistributedCache>(provider => new OwnDecorator(provider.GetRequiredKeyedService<IDistributedCache>("below"))));

        host.Services.GetRequiredService<IDistributedCache>().Get("a");

        Assert.Equal((0, 1), host.Reads("distributed"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_family_is_off_the_app_gets_its_own_types(bool byCode)
    {
        var given = new OwnCache();
        await using var host = byCode
            ? CacheHost.Build(Register, options: o => o.Cache.Enabled = false)
            : CacheHost.Build(Register, early: s => s.Configure<CoLinkObservabilityOptions>(o => o.Cache.Enabled = false));

        Assert.Same(given, host.Services.GetRequiredService<IDistributedCache>());
        Assert.Equal(typeof(MemoryCache), host.Services.GetRequiredService<IMemoryCache>().GetType());
        Assert.Null(host.SourceActive("IDistributedCache"));

        void Register(IServiceCollection services) => services.AddMemoryCache().AddSingleton<IDistributedCache>(given);
    }

    [Fact]
    public async Task Redis_has_its_own_label_keeps_its_buffers_and_a_refused_connection_is_no_miss()
    {
        await using var host = CacheHost.Build(s => s.AddStackExchangeRedisCache(o => o.Configuration = "127.0.0.1:1,connectTimeout=200,connectRetry=0"));
        var cache = host.Services.GetRequiredService<IDistributedCache>();

        Assert.IsType<CountedBufferDistributedCache>(cache);
        await Assert.ThrowsAnyAsync<Exception>(() => cache.GetAsync("a"));
        Assert.Equal(0, host.Kinds);
    }

    [Fact]
    public async Task Two_hosts_in_one_process_do_not_see_each_others_reads()
    {
        await using var one = CacheHost.Build(s => s.AddDistributedMemoryCache());
        await using var other = CacheHost.Build(s => s.AddDistributedMemoryCache());

        one.Services.GetRequiredService<IDistributedCache>().Get("a");

        Assert.Equal((0, 1), one.Reads("distributed"));
        Assert.Equal((null, null), other.Reads("distributed"));
    }

    private sealed class CacheThatKnowsItsKey([ServiceKey] string key) : OwnCache
    {
        public string Key => key;
    }
}
