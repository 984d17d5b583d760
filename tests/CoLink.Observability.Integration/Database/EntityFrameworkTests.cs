using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CoLink.Observability.Integration.Database;

/// <summary>Entity Framework Core on a driver that is heard itself and on one that says nothing.</summary>
[Collection(nameof(Databases))]
public sealed class EntityFrameworkTests(PostgresFixture postgres)
{
    private const int Threads = 16;

    [Fact]
    public async Task On_Npgsql_a_thousand_mixed_commands_over_16_threads_are_counted_once_each_by_the_driver()
    {
        var server = await postgres.ServerAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("mixed_by_ef"));
        var options = new DbContextOptionsBuilder<Shop>().UseNpgsql(source).Options;
        await CreateAsync(options);
        await using var app = await RunningApp.StartAsync();

        await MixAsync(options);
        var scrape = await app.ScrapeAsync();

        AssertMixed(scrape, "postgresql");
        Assert.Equal(0, scrape.Value("db_connections_active", ("system", "postgresql"), ("database", "mixed_by_ef"), ("pool", "1")));
        Assert.DoesNotContain(scrape.Samples, sample => sample.Labels.GetValueOrDefault("pool") == "ef");
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Microsoft.EntityFrameworkCore")));
    }

    [Fact]
    public async Task On_SQLite_a_thousand_mixed_commands_over_16_threads_are_counted_once_each()
    {
        using var folder = new TemporaryFolder();
        var options = Sqlite(folder, "mixed.db");
        await CreateAsync(options);
        await using var app = await RunningApp.StartAsync();

        await MixAsync(options);
        var scrape = await app.ScrapeAsync();

        AssertMixed(scrape, "sqlite");
        Assert.Equal(0, scrape.Value("db_connections_active", ("system", "sqlite"), ("database", "mixed.db"), ("pool", "ef")));
        Assert.DoesNotContain(folder.Path, scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_SQLite_connections_are_active_while_EF_holds_them_open()
    {
        using var folder = new TemporaryFolder();
        var options = Sqlite(folder, "held.db");
        await CreateAsync(options);
        await using var app = await RunningApp.StartAsync();
        Shop[] shops = [new(options), new(options), new(options)];
        foreach (var shop in shops)
            await shop.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);

        var open = await app.ScrapeAsync();
        await shops[0].Database.CloseConnectionAsync();
        await shops[1].DisposeAsync();
        var fewer = await app.ScrapeAsync();
        await shops[0].DisposeAsync();
        await shops[2].DisposeAsync();
        var none = await app.ScrapeAsync();

        Assert.Equal(3, open.Value("db_connections_active", ("system", "sqlite"), ("database", "held.db")));
        Assert.Equal(1, fewer.Value("db_connections_active", ("system", "sqlite"), ("database", "held.db")));
        Assert.Equal(0, none.Value("db_connections_active", ("system", "sqlite"), ("database", "held.db")));
        Assert.Empty(none.All("db_connections_idle", ("system", "sqlite")));
        Assert.Empty(none.All("db_connections_max", ("system", "sqlite")));
    }

    [Fact]
    public async Task On_SQLite_a_missing_file_is_a_connection_error_but_not_the_one_that_EF_finds_before_it_creates()
    {
        using var folder = new TemporaryFolder();
        await using var app = await RunningApp.StartAsync();
        await CreateAsync(Sqlite(folder, "new.db"));
        var created = await app.ScrapeAsync();

        var missing = new DbContextOptionsBuilder<Shop>().UseSqlite($"Data Source={Path.Combine(folder.Path, "missing.db")};Mode=ReadOnly;Pooling=False").Options;
        await using var shop = new Shop(missing);
        await Assert.ThrowsAsync<SqliteException>(() => shop.Items.CountAsync(TestContext.Current.CancellationToken));
        var failed = await app.ScrapeAsync();

        Assert.Equal(0, created.Sum("db_connection_errors_total"));
        Assert.Equal(1, failed.Value("db_connection_errors_total", ("system", "sqlite"), ("database", "missing.db"), ("reason", "missing_database")));
        Assert.Equal(1, failed.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task On_Npgsql_a_connection_that_could_not_be_had_is_counted_once_whatever_the_reason()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var missing = NpgsqlDataSource.Create(server.ConnectionString("nowhere"));
        await using var small = NpgsqlDataSource.Create(server.ConnectionString(further: "Maximum Pool Size=1;Timeout=5"));
        await using var held = await small.OpenConnectionAsync(TestContext.Current.CancellationToken);

        foreach (var source in (NpgsqlDataSource[])[missing, small])
        {
            await using var shop = new Shop(new DbContextOptionsBuilder<Shop>().UseNpgsql(source).Options);
            await Assert.ThrowsAnyAsync<Exception>(() => shop.Items.CountAsync(TestContext.Current.CancellationToken));
        }

        var scrape = await app.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "nowhere"), ("reason", "missing_database")));
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "postgres"), ("reason", "pool_exhausted")));
        Assert.Equal(2, scrape.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task On_Npgsql_the_second_command_of_a_batch_that_fails_is_an_error()
    {
        var server = await postgres.ServerAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("batches"));
        var options = new DbContextOptionsBuilder<Shop>().UseNpgsql(source).Options;
        await CreateAsync(options);
        await using var app = await RunningApp.StartAsync();
        await using var shop = new Shop(options);

        shop.Items.AddRange(new Shop.Item { Name = "same" }, new Shop.Item { Name = "same" });
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync(TestContext.Current.CancellationToken));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", ("operation", "insert")));
        Assert.Equal(1, scrape.Sum("db_query_errors_total"));
    }

    private static DbContextOptions<Shop> Sqlite(TemporaryFolder folder, string file) =>
        new DbContextOptionsBuilder<Shop>().UseSqlite($"Data Source={Path.Combine(folder.Path, file)};Pooling=False").Options;

    private static async Task CreateAsync(DbContextOptions<Shop> options)
    {
        await using var shop = new Shop(options);
        await shop.Database.EnsureDeletedAsync(TestContext.Current.CancellationToken);
        await shop.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
    }

    private static async Task MixAsync(DbContextOptions<Shop> options)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < 1000;)
            {
                await using var shop = new Shop(options);
                switch (i % 10)
                {
                    case 0:
                        shop.Items.Add(new Shop.Item { Name = $"item {i}" });
                        await shop.SaveChangesAsync();
                        break;
                    case 1:
                        await shop.Items.Where(item => item.Id < 0).ExecuteUpdateAsync(set => set.SetProperty(item => item.Name, "x"));
                        break;
                    case 2:
                        await shop.Items.Where(item => item.Id < 0).ExecuteDeleteAsync();
                        break;
                    case 3:
                        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Database.ExecuteSqlRawAsync("DELETE FROM missing"));
                        break;
                    default:
                        await shop.Items.Where(item => item.Id < i).Take(3).ToListAsync();
                        break;
                }
            }
        })));
    }

    private static void AssertMixed(Scrape scrape, string system)
    {
        Assert.Equal(
            [("delete", 200), ("insert", 100), ("select", 600), ("update", 100)],
            scrape.All("db_query_duration_seconds_count", ("system", system)).Select(sample => (sample.Labels["operation"], (int)sample.Value)).Order());
        Assert.Equal(100, scrape.Value("db_query_errors_total", ("system", system), ("operation", "delete")));
        Assert.Equal(100, scrape.Sum("db_query_errors_total"));
        Assert.Equal(1000, scrape.Sum("db_query_duration_seconds_count"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }
}
