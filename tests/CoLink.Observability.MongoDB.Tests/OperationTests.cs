using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;
using static CoLink.Observability.MongoDB.Tests.ObservedHost;

namespace CoLink.Observability.MongoDB.Tests;

[Collection(nameof(ProcessWide))]
public sealed class OperationTests
{
    [Fact]
    public async Task A_thousand_mixed_operations_over_16_threads_are_counted_exactly_and_once_each()
    {
        await using var host = await StartAsync();
        var shop = Collection(host.Client());
        Func<Task>[] operations =
        [
            () => shop.Find("{}").ToListAsync(), () => shop.InsertOneAsync(new BsonDocument("a", 1)), () => shop.UpdateOneAsync("{}", "{$set:{a:1}}"), () => shop.DeleteOneAsync("{}"),
            () => shop.Aggregate().Match("{}").ToListAsync(), () => shop.CountDocumentsAsync("{}"), () => shop.DistinctAsync<int>("a", "{}"), () => shop.EstimatedDocumentCountAsync(),
            () => shop.FindOneAndUpdateAsync("{}", "{$set:{a:1}}"), () => shop.Database.RunCommandAsync<BsonDocument>("{ping:1}"),
        ];

        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
        {
            for (var i = thread; i < 1_000; i += 16)
                await operations[i % operations.Length]();
        })));

        var scrape = await host.App.ScrapeAsync();
        foreach (var operation in (string[])["find", "insert", "update", "delete", "aggregate", "distinct"])
            Assert.Equal(100, Count(scrape, operation));
        Assert.Equal(200, Count(scrape, "count"));
        Assert.Equal(200, Count(scrape, "command"));
        Assert.Equal(1_000, scrape.Sum("db_query_duration_seconds_count"));
        Assert.Equal(0, scrape.Sum("db_query_errors_total"));
        Assert.Equal(6, scrape.All("db_connection_errors_total", ("system", "mongodb"), ("database", "shop")).Count(sample => sample.Value == 0));
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "MongoDB.Driver")));
    }

    [Fact]
    public async Task Further_batches_of_a_cursor_are_no_operations()
    {
        await using var host = await StartAsync();

        await Collection(host.Client()).Find("{}", new FindOptions { BatchSize = 1 }).ToListAsync();

        Assert.Equal(1, host.Server.CountOf("getMore"));
        Assert.Equal(1, (await host.App.ScrapeAsync()).Sum("db_query_duration_seconds_count"));
    }

    [Fact]
    public async Task What_a_server_refuses_is_a_failed_query_and_no_connection_error()
    {
        await using var host = await StartAsync();
        host.Server.Fail("find");

        await Assert.ThrowsAsync<MongoCommandException>(() => Collection(host.Client()).Find("{}").ToListAsync());

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(1, Count(scrape, "find"));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("system", "mongodb"), ("operation", "find")));
        Assert.Equal(0, scrape.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task A_server_that_is_gone_is_refused_and_one_that_is_back_is_used_again()
    {
        await using var host = await StartAsync();
        var settings = host.Server.Settings();

        // The command is to find its connection broken, not the heartbeat before it; and nobody is to be waited for too long.
        settings.HeartbeatInterval = TimeSpan.FromMinutes(5);
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(8);
        var shop = Collection(host.Client(settings));
        await shop.InsertOneAsync(new BsonDocument());

        await host.Server.StopAsync();
        await Assert.ThrowsAsync<MongoConnectionException>(() => shop.Find("{}").ToListAsync());
        await Assert.ThrowsAsync<TimeoutException>(() => shop.Find("{}").ToListAsync());

        // The first had a connection, and lost it.
        var gone = await host.App.ScrapeAsync();
        Assert.Equal(2, gone.Value("db_query_errors_total", ("system", "mongodb"), ("operation", "find")));
        Assert.Equal(1, gone.Value("db_connection_errors_total", ("system", "mongodb"), ("database", "shop"), ("reason", "refused")));
        Assert.Equal(1, gone.Sum("db_connection_errors_total"));

        host.Server.Start();
        await shop.InsertOneAsync(new BsonDocument());
        var back = await host.App.ScrapeAsync();
        Assert.Equal(2, Count(back, "insert"));
        Assert.Equal(1, back.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task A_pool_that_is_used_up_is_exhausted()
    {
        await using var host = await StartAsync();
        var settings = host.Server.Settings(maxPool: 1);
        settings.WaitQueueTimeout = TimeSpan.FromSeconds(2);
        var shop = Collection(host.Client(settings));
        var held = host.Server.Hold("find");
        var holding = shop.Find("{}").ToListAsync();
        await Eventually.IsTrue(() => host.Server.CountOf("find") == 1);

        await Assert.ThrowsAsync<TimeoutException>(() => shop.CountDocumentsAsync("{}"));
        held.SetResult();
        await holding;

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "mongodb"), ("database", "shop"), ("reason", "pool_exhausted")));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "count")));
        Assert.Equal(0, scrape.Value("db_query_errors_total", ("operation", "find")));
    }

    [Fact]
    public async Task No_activity_of_ours_is_recorded_or_passed_on_as_sampled()
    {
        await using var host = await StartAsync();
        var seen = new List<Activity>();
        using var neighbour = new ActivityListener { ShouldListenTo = source => source.Name == "MongoDB.Driver", ActivityStopped = seen.Add };
        ActivitySource.AddActivityListener(neighbour);

        await Collection(host.Client()).Find("{}").ToListAsync();

        var operation = Assert.Single(seen);
        Assert.False(operation.Recorded);
        Assert.False(operation.IsAllDataRequested);
    }
}
