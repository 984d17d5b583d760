using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What a read of a cache costs more than without us: the same caches from two containers, each read a hit that ends at once.</summary>
internal static class CacheRatios
{
    private const int Operations = 20_000;
    private const double BudgetNanoseconds = 150;
    private const string Key = "key";

    public static IEnumerable<Row> Measure()
    {
        using var bare = Build(observe: false);
        using var ours = Build(observe: true);
        yield return Added("cached read, IDistributedCache.Get", bare, ours, static services =>
        {
            var cache = services.GetRequiredService<IDistributedCache>();
            return () =>
            {
                for (var i = 0; i < Operations; i++)
                    cache.Get(Key);
            };
        });
        yield return Added("cached read, IDistributedCache.GetAsync", bare, ours, static services =>
        {
            var cache = services.GetRequiredService<IDistributedCache>();
            return () =>
            {
                for (var i = 0; i < Operations; i++)
                    cache.GetAsync(Key).GetAwaiter().GetResult();
            };
        });
        yield return Added("cached read, HybridCache.GetOrCreateAsync", bare, ours, static services =>
        {
            var cache = services.GetRequiredService<HybridCache>();
            return () =>
            {
                for (var i = 0; i < Operations; i++)
                    _ = cache.GetOrCreateAsync(Key, static _ => ValueTask.FromResult("value")).Preserve().GetAwaiter().GetResult();
            };
        });
        yield return Added("cached read, HybridCache.GetOrCreateAsync, a state that is a value", bare, ours, static services =>
        {
            var cache = services.GetRequiredService<HybridCache>();
            return () =>
            {
                for (var i = 0; i < Operations; i++)
                    _ = cache.GetOrCreateAsync(Key, (Id: i, Cache: cache), static (_, _) => ValueTask.FromResult("value")).Preserve().GetAwaiter().GetResult();
            };
        });
        yield return Added("cached read, IMemoryCache.TryGetValue", bare, ours, static services =>
        {
            var cache = services.GetRequiredService<IMemoryCache>();
            return () =>
            {
                for (var i = 0; i < Operations; i++)
                    cache.TryGetValue(Key, out _);
            };
        });
    }

    private static Row Added(string work, IHost bare, IHost ours, Func<IServiceProvider, Action> turn)
    {
        var cost = LocalRounds.Measure(rounds: 41, warmUps: 40, Operations, turn(bare.Services), turn(ours.Services));
        var added = cost[1] - cost[0];
        return new Row(work, Row.Added(added), "", Row.Cost(cost[0]), null, "≤ 150 ns, 0 B", added.Nanoseconds <= BudgetNanoseconds && added.Bytes < 0.5);
    }

    private static IHost Build(bool observe)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (observe)
            builder.AddCoLinkObservability(options => (options.Logging.Enabled, options.Tracing.Enabled) = (false, false));
        builder.Services.AddDistributedMemoryCache().AddHybridCache();
        var host = builder.Build();
        host.Services.GetRequiredService<IDistributedCache>().Set(Key, [1, 2, 3]);
        return host;
    }
}
