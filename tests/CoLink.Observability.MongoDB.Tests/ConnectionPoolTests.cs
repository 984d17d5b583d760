using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Events;
using static CoLink.Observability.MongoDB.Tests.ObservedHost;

namespace CoLink.Observability.MongoDB.Tests;

[Collection(nameof(ProcessWide))]
public sealed class ConnectionPoolTests
{
    [Fact]
    public async Task Connections_are_active_while_a_command_is_under_way_and_idle_afterwards()
    {
        await using var host = await StartAsync();
        var shop = Collection(host.Client(host.Server.Settings(maxPool: 7)));
        var held = host.Server.Hold("find");
        var finds = Enumerable.Range(0, 3).Select(_ => shop.Find("{}").ToListAsync()).ToArray();

        var busy = await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "active") == 3 && host.Connections(scrape, "idle") == 0);
        Assert.Equal(7, host.Connections(busy, "max"));
        held.SetResult();
        await Task.WhenAll(finds);

        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "active") == 0 && host.Connections(scrape, "idle") == 3);
        Assert.Equal(3, host.Server.CountOf("find"));
    }

    [Fact]
    public async Task A_server_that_is_gone_has_no_connections_and_one_that_is_back_has_new_ones()
    {
        await using var host = await StartAsync();
        var settings = host.Server.Settings();
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(8);
        var shop = Collection(host.Client(settings));
        await shop.InsertOneAsync(new BsonDocument());
        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "idle") == 1);

        await host.Server.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => shop.Find("{}").ToListAsync());
        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "idle") == 0 && host.Connections(scrape, "active") == 0);

        host.Server.Start();
        await shop.InsertOneAsync(new BsonDocument());
        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "idle") == 1 && host.Connections(scrape, "active") == 0);
    }

    [Fact]
    public async Task Two_clients_of_a_server_are_summed_and_vanish_with_the_last_one()
    {
        await using var host = await StartAsync();
        var (one, other) = (host.Server.Settings(maxPool: 5), host.Server.Settings(maxPool: 6));
        var (first, second) = (host.Client(one), host.Client(other));
        await Collection(first).InsertOneAsync(new BsonDocument());
        await Collection(second).InsertOneAsync(new BsonDocument());

        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "idle") == 2 && host.Connections(scrape, "max") == 11);
        ClusterRegistry.Instance.UnregisterAndDisposeCluster(first.Cluster);
        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "idle") == 1 && host.Connections(scrape, "max") == 6);
        ClusterRegistry.Instance.UnregisterAndDisposeCluster(second.Cluster);
        await host.App.ScrapeUntilAsync(scrape => !scrape.Samples.Any(sample => sample.Name.StartsWith("db_connections_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Clients_with_equal_settings_still_share_their_cluster()
    {
        await using var host = await StartAsync();
        var (first, second) = (host.Client(), host.Client());

        await Collection(first).InsertOneAsync(new BsonDocument());
        await Collection(second).InsertOneAsync(new BsonDocument());

        Assert.Same(first.Cluster, second.Cluster);
        var scrape = await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "active") == 0 && host.Connections(scrape, "idle") == 1);
        Assert.Equal(100, host.Connections(scrape, "max"));
    }

    [Fact]
    public async Task What_the_app_configures_is_kept_and_a_second_call_counts_nothing_twice()
    {
        await using var host = await StartAsync();
        var heard = 0;
        var settings = host.Server.Settings();
        settings.ClusterConfigurator = cluster => cluster.Subscribe<ConnectionOpenedEvent>(_ => Interlocked.Increment(ref heard));
        settings.WithCoLinkMetrics(host.App.Services);

        await Collection(host.Client(settings)).InsertOneAsync(new BsonDocument());

        await host.App.ScrapeUntilAsync(scrape => host.Connections(scrape, "active") == 0 && host.Connections(scrape, "idle") == 1);
        Assert.Equal(1, heard);
    }

    [Fact]
    public async Task Switched_off_it_leaves_the_settings_alone()
    {
        await using var host = await StartAsync(options => options.Database.Enabled = false);
        var settings = host.Server.Settings();

        Assert.Same(settings, settings.WithCoLinkMetrics(host.App.Services));

        Assert.Null(settings.ClusterConfigurator);
        await Collection(host.Client(settings)).InsertOneAsync(new BsonDocument());
        Assert.DoesNotContain((await host.App.ScrapeAsync()).Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
    }

    [Fact]
    public void Services_without_the_library_are_told_what_to_call()
    {
        using var empty = new ServiceCollection().BuildServiceProvider();

        var exception = Assert.Throws<InvalidOperationException>(() => new MongoClientSettings().WithCoLinkMetrics(empty));

        Assert.Contains("AddCoLinkObservability", exception.Message, StringComparison.Ordinal);
    }
}
