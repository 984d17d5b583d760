using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests.Reads;

/// <summary>Against what the server itself counted.</summary>
public sealed class CountedReadsTests
{
    [Fact]
    public async Task Hits_and_misses_of_every_read_are_those_that_the_server_counted()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server);
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await FillAsync(database);
        await server.CommandAsync("CONFIG", "RESETSTAT");

        foreach (RedisKey key in (RedisKey[])["text", "none"])
        {
            database.StringGet(key);
            await database.StringGetAsync(key);
            database.StringGetLease(key)?.Dispose();
            (await database.StringGetLeaseAsync(key))?.Dispose();
            database.StringGetSetExpiry(key, TimeSpan.FromMinutes(1));
            await database.StringGetSetExpiryAsync(key, DateTime.UnixEpoch.AddYears(200));
        }

        database.StringGet(["text", "none", "other"]);
        await database.StringGetAsync(["none", "none", "text", "other"]);
        foreach (RedisKey key in (RedisKey[])["hash", "none"])
        {
            database.HashGet(key, "a");
            await database.HashGetAsync(key, "a");
            database.HashGet(key, ["a", "missing"]);
            await database.HashGetAsync(key, ["missing", "b"]);
            database.HashGetAll(key);
            await database.HashGetAllAsync(key);
            database.HashGetLease(key, "a")?.Dispose();
            (await database.HashGetLeaseAsync(key, "b"))?.Dispose();
        }

        foreach (var i in Enumerable.Range(0, 2))
        {
            database.StringGetSet($"swapped{i % 1}", "new");
            await database.StringSetAndGetAsync("set", "new");
            database.StringGetDelete("text");
            await database.StringGetDeleteAsync("other");
        }

        await AssertSameAsync(app, server);
    }

    [Fact]
    public async Task A_thousand_reads_over_sixteen_threads_are_counted_exactly()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server);
        var database = app.Services.GetRequiredService<IDatabase>();
        await FillAsync(database);
        await server.CommandAsync("CONFIG", "RESETSTAT");

        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            if (i % 2 == 0)
                await database.StringGetAsync(i % 4 == 0 ? "text" : "none");
            else
                database.StringGet(i % 5 == 0 ? "text" : "none");
        });

        var scrape = await AssertSameAsync(app, server);
        Assert.Equal(1000, scrape.Count(Hits) + scrape.Count(Misses));
        Assert.Equal(350, scrape.Count(Hits));
    }

    [Fact]
    public async Task Reads_in_a_batch_and_in_a_transaction_are_counted_when_they_are_answered()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server);
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await FillAsync(database);
        await server.CommandAsync("CONFIG", "RESETSTAT");

        var batch = database.CreateBatch();
        Task[] batched = [batch.StringGetAsync("text"), batch.StringGetAsync("none")];
        var transaction = database.CreateTransaction();
        Task[] queued = [transaction.StringGetAsync("text"), transaction.HashGetAsync("hash", "a"), transaction.StringGetAsync("none")];
        Assert.Equal(0, (await app.ScrapeAsync()).Count(Hits));
        batch.Execute();
        await Task.WhenAll(batched);
        Assert.True(await transaction.ExecuteAsync());
        await Task.WhenAll(queued);

        var scrape = await AssertSameAsync(app, server);
        Assert.Equal(3, scrape.Count(Hits));
        Assert.Equal(2, scrape.Count(Misses));
    }

    [Fact]
    public async Task A_transaction_that_is_given_up_counts_nothing()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server);
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await FillAsync(database);
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists("text"));
        var read = transaction.StringGetAsync("text");

        Assert.False(await transaction.ExecuteAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        var scrape = await app.ScrapeAsync();
        Assert.Equal((0, 0), (scrape.Count(Hits), scrape.Count(Misses)));
    }

    [Fact]
    public async Task What_fails_and_what_is_fired_and_forgotten_is_neither_hit_nor_miss()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server);
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await FillAsync(database);

        await Assert.ThrowsAsync<RedisServerException>(() => database.StringGetAsync("hash"));
        Assert.Throws<RedisServerException>(() => database.StringGet("hash"));
        database.StringGet("text", CommandFlags.FireAndForget);
        await database.StringGetAsync("text", CommandFlags.FireAndForget);

        var scrape = await app.ScrapeAsync();
        Assert.Equal((0, 0), (scrape.Count(Hits), scrape.Count(Misses)));
    }

    /// <summary>The server counts keys and we count answers: the one place where the two differ.</summary>
    [Fact]
    public async Task A_field_that_its_hash_does_not_have_is_a_miss()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server);
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await FillAsync(database);

        Assert.True((await database.HashGetAsync("hash", "missing")).IsNull);

        var scrape = await app.ScrapeUntilAsync(s => s.Count(Misses) == 1);
        Assert.Equal(0, scrape.Count(Hits));
    }

    [Fact]
    public async Task Nothing_is_counted_unless_asked_for()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await RedisApp.StartAsync(services => services.AddMultiplexer(Connection(server)));
        await app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync("none");

        var scrape = await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1);

        Assert.Null(scrape.Count(Misses));
        Assert.Empty(app.Logs.Of(306));
    }

    /// <summary>Patient: reads that block the pool's threads may keep each other waiting on a busy machine.</summary>
    private static Task<RunningApp> StartAsync(RedisServer server) => RedisApp.StartAsync(
        services => services.AddMultiplexer(Connection(server, ",connectTimeout=30000,asyncTimeout=30000,syncTimeout=30000")).AddSingleton(provider => provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase()),
        options => options.CountReads = true);

    private static async Task FillAsync(IDatabase database)
    {
        await database.StringSetAsync("text", "x");
        await database.StringSetAsync("other", "x");
        await database.HashSetAsync("hash", [new("a", 1), new("b", 2)]);
    }

    private static async Task<Scrape> AssertSameAsync(RunningApp app, RedisServer server)
    {
        var statistics = await server.InfoAsync("stats");
        var (hits, misses) = (int.Parse(statistics["keyspace_hits"], System.Globalization.CultureInfo.InvariantCulture), int.Parse(statistics["keyspace_misses"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(hits > 0 && misses > 0);

        // An answer is counted just after it is there.
        return await app.ScrapeUntilAsync(s => s.Count(Hits) >= hits && s.Count(Misses) >= misses) is var scrape && (scrape.Count(Hits), scrape.Count(Misses)) == (hits, misses)
            ? scrape
            : throw new InvalidOperationException($"The server counted {hits} hits and {misses} misses, we {scrape.Count(Hits)} and {scrape.Count(Misses)}.");
    }
}
