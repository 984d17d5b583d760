using CoLink.Observability.Benchmarks.Redis;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.StackExchangeRedis.Reads;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The price of <c>Redis:CountReads</c>: raw reads through the generated classes, beside the same through DispatchProxy.</summary>
internal static class RedisRatios
{
    private const int Operations = 20_000;
    private static readonly RedisKey Key = "key";

    public static IEnumerable<Row> Measure() => [.. OnStub(), .. OnLoopback()];

    /// <summary>The database answers at once, so that what is added can be seen.</summary>
    private static IEnumerable<Row> OnStub()
    {
        var bare = StubDatabase.New();
        var ours = Count(bare);
        var peer = DispatchedDatabase.Over(bare);
        yield return Added("raw Redis read counted, synchronous; DispatchProxy", LocalRounds.Measure(31, 15, Operations, () => Read(bare), () => Read(ours), () => Read(peer)));
        yield return Added("raw Redis read counted, answered at once; DispatchProxy", LocalRounds.Measure(31, 15, Operations, () => Ask(bare), () => Ask(ours), () => Ask(peer)));
    }

    /// <summary>A real server, a thousand reads under way at a time; skipped where none is installed.</summary>
    private static IEnumerable<Row> OnLoopback()
    {
        using var server = LoopbackRedis.TryStart();
        if (server is null)
            yield break;
        using var multiplexer = ConnectionMultiplexer.Connect(server.Configuration);
        var bare = multiplexer.GetDatabase();
        bare.StringSet(Key, "value");
        var ours = Count(bare);
        var peer = DispatchedDatabase.Over(bare);
        yield return Added("raw Redis read counted, 1,000 under way on loopback; DispatchProxy", LocalRounds.Measure(31, 10, Operations, () => Pipeline(bare), () => Pipeline(ours), () => Pipeline(peer)));
    }

    private static Row Added(string work, Measurement[] cost)
    {
        var (ours, peer) = (cost[1] - cost[0], cost[2] - cost[0]);
        return new Row(work, Row.Added(ours), Row.Added(peer), Row.Cost(cost[0]), ours.Nanoseconds / peer.Nanoseconds, "", null);
    }

    private static IDatabase Count(IDatabase database)
    {
        var registry = new MetricRegistry(SeriesLimits.Default, NullLogger.Instance);
        var reads = new CountedReads(new ProxyTypes());
        reads.Begin((registry.Counter(CacheCatalogue.Hits).With("redis"), registry.Counter(CacheCatalogue.Misses).With("redis")));
        return reads.Wrap(database);
    }

    private static void Read(IDatabase database)
    {
        for (var i = 0; i < Operations; i++)
            _ = database.StringGet(Key);
    }

    private static void Ask(IDatabase database)
    {
        for (var i = 0; i < Operations; i++)
            _ = database.StringGetAsync(Key);
    }

    private static void Pipeline(IDatabase database)
    {
        const int UnderWay = 1_000;
        var tasks = new Task[UnderWay];
        for (var done = 0; done < Operations; done += UnderWay)
        {
            for (var i = 0; i < UnderWay; i++)
                tasks[i] = database.StringGetAsync(Key);
            Task.WhenAll(tasks).GetAwaiter().GetResult();
        }
    }
}
