using System.Buffers;
using CoLink.Observability.Cache;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

public sealed class HybridCacheTests
{
    private static readonly HybridCacheEntryOptions LookOnly = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_that_asks_the_source_is_a_miss_and_one_answered_without_is_a_hit(bool web)
    {
        await using var host = CacheHost.Build(s => s.AddHybridCache(), web: web);
        var cache = host.Services.GetRequiredService<HybridCache>();

        Assert.Equal("one", await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one")));
        Assert.Equal("one", await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("two")));
        Assert.Equal("one", await cache.GetOrCreateAsync("a".AsSpan(), 0, (_, _) => ValueTask.FromResult("two")));
        Assert.Equal("one", await cache.GetOrCreateAsync($"{'a'}", _ => ValueTask.FromResult("two")));

        Assert.Equal((3, 1), host.Reads("hybrid"));
        Assert.Equal(1, host.Kinds);
    }

    [Fact]
    public async Task A_hit_on_the_second_level_is_one_hit_and_not_a_read_of_that_cache()
    {
        var below = new OwnBufferCache();
        await using (var first = CacheHost.Build(s => s.AddSingleton<IDistributedCache>(below).AddHybridCache()))
            await first.Services.GetRequiredService<HybridCache>().GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));
        await using var host = CacheHost.Build(s => s.AddSingleton<IDistributedCache>(below).AddHybridCache());

        Assert.Equal("one", await host.Services.GetRequiredService<HybridCache>().GetOrCreateAsync<string>("a", _ => throw new InvalidOperationException("Not the source.")));

        Assert.Equal((1, 0), host.Reads("hybrid"));
        Assert.Equal(1, host.Kinds);

        // It reads into buffers as before, and for itself when the last invalidation was.
        Assert.Contains("TryGetAsync a", below.Calls);
        Assert.Contains("TryGetAsync __MSFT_HCT__*", below.Calls);
    }

    [Fact]
    public async Task Reads_past_it_of_the_caches_it_is_built_on_count_as_theirs()
    {
        await using var host = CacheHost.Build(s => s.AddSingleton<IDistributedCache, OwnBufferCache>().AddHybridCache());
        var cache = host.Services.GetRequiredService<HybridCache>();
        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));

        host.Services.GetRequiredService<IMemoryCache>().TryGetValue("nothing", out _);
        host.Services.GetRequiredService<IDistributedCache>().Get("a");
        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));

        Assert.Equal(((1, 1), (1, 0), (0, 1)), (host.Reads("hybrid"), host.Reads("distributed"), host.Reads("memory")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Memory_as_the_second_level_is_left_out_as_without_us(bool keyed)
    {
        await using var host = CacheHost.Build(s =>
        {
            if (keyed)
            {
                s.AddKeyedSingleton<IDistributedCache, MemoryDistributedCache>("below").AddKeyedHybridCache("own", o => o.DistributedCacheServiceKey = "below");
                return;
            }

            s.AddDistributedMemoryCache().AddKeyedHybridCache("own");
            s.AddHybridCache();
        });
        var cache = host.Services.GetRequiredKeyedService<HybridCache>("own");

        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));
        await cache.SetAsync("b", "two");

        var below = host.Services.GetKeyedService<IDistributedCache>(keyed ? "below" : null)!;
        Assert.Null(below.Get("a"));
        Assert.Null(below.Get("b"));
        Assert.Equal((0, 1), host.Reads("hybrid"));
    }

    [Fact]
    public async Task Those_who_join_another_read_are_answered_without_the_source()
    {
        await using var host = CacheHost.Build(s => s.AddHybridCache());
        var cache = host.Services.GetRequiredService<HybridCache>();
        var source = new TaskCompletionSource<string>();
        var asked = 0;

        var reads = Enumerable.Range(0, 16).Select(_ => Task.Run(() => cache.GetOrCreateAsync("a", async cancellation =>
        {
            Interlocked.Increment(ref asked);
            return await source.Task.WaitAsync(cancellation);
        }).AsTask())).ToArray();
        await Support.Eventually.IsTrue(() => Volatile.Read(ref asked) == 1);
        source.SetResult("one");
        await Task.WhenAll(reads);

        Assert.Equal((1, (15, 1)), (asked, host.Reads("hybrid")));
    }

    [Fact]
    public async Task Sixteen_threads_are_counted_exactly()
    {
        await using var host = CacheHost.Build(s => s.AddHybridCache());
        var cache = host.Services.GetRequiredService<HybridCache>();
        var asked = 0;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                await cache.GetOrCreateAsync($"key {i % 100}", _ =>
                {
                    Interlocked.Increment(ref asked);
                    return ValueTask.FromResult(i);
                });
            }
        })));

        Assert.Equal((16_000 - asked, asked), host.Reads("hybrid"));
    }

    [Fact]
    public async Task A_source_that_fails_was_asked_and_a_read_given_up_before_is_neither()
    {
        await using var host = CacheHost.Build(s => s.AddHybridCache());
        var cache = host.Services.GetRequiredService<HybridCache>();

        await Assert.ThrowsAsync<TimeoutException>(async () => await cache.GetOrCreateAsync<string>("a", _ => throw new TimeoutException()));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cache.GetOrCreateAsync("b", _ => ValueTask.FromResult("one"), cancellationToken: new CancellationToken(true)));

        Assert.Equal((0, 1), host.Reads("hybrid"));
        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));
        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));
        Assert.Equal((1, 2), host.Reads("hybrid"));
    }

    [Fact]
    public async Task A_look_without_the_source_is_a_hit_by_its_value()
    {
        await using var host = CacheHost.Build(s => s.AddHybridCache());
        var cache = host.Services.GetRequiredService<HybridCache>();
        await cache.SetAsync("a", "one");
        await cache.SetAsync("n", 7);

        Assert.Equal("one", await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("two"), LookOnly));
        Assert.Equal(7, await cache.GetOrCreateAsync("n", _ => ValueTask.FromResult(8), LookOnly));
        Assert.Null(await cache.GetOrCreateAsync("b", _ => ValueTask.FromResult("two"), LookOnly));
        Assert.Equal(0, await cache.GetOrCreateAsync("m", _ => ValueTask.FromResult(8), LookOnly));

        Assert.Equal((2, 2), host.Reads("hybrid"));
    }

    [Fact]
    public async Task What_is_no_read_is_passed_on_uncounted()
    {
        await using var host = CacheHost.Build(s => s.AddHybridCache());
        var cache = host.Services.GetRequiredService<HybridCache>();
        var refresh = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead };

        await cache.SetAsync("a", "one", tags: ["tag"]);
        Assert.Equal("two", await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("two"), refresh));
        await cache.RemoveAsync("a");
        await cache.RemoveAsync((IEnumerable<string>)["a", "b"]);
        await cache.RemoveByTagAsync("tag");
        await cache.RemoveByTagAsync((IEnumerable<string>)["tag", "other"]);

        Assert.Equal(0, host.Kinds);
    }

    [Fact]
    public async Task A_cache_that_asks_later_for_a_read_already_answered_has_not_missed()
    {
        var eager = new EagerCache();
        await using var host = CacheHost.Build(s => s.AddSingleton<HybridCache>(eager));
        var cache = host.Services.GetRequiredService<HybridCache>();

        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));
        await eager.AskAsync();
        await cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("one"));

        Assert.Equal((2, 0), host.Reads("hybrid"));
    }

    /// <summary>Answers what it has and asks the source afterwards.</summary>
    private sealed class EagerCache : HybridCache
    {
        public Func<Task> AskAsync { get; private set; } = () => Task.CompletedTask;

        public override ValueTask<T> GetOrCreateAsync<TState, T>(string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
        {
            AskAsync = () => factory(state, CancellationToken.None).AsTask();
            return ValueTask.FromResult((T)(object)"stale");
        }

        public override ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) => default;

        public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => default;

        public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => default;
    }
}
