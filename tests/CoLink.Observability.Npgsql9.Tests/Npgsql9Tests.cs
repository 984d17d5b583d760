using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Npgsql;

namespace CoLink.Observability.Npgsql9.Tests;

/// <summary>Npgsql 9 on a real PostgreSQL. What it cannot tell must be absent.</summary>
public sealed class Npgsql9Tests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Threads = 16;

    private static readonly string[] Statements = ["SELECT 1", "INSERT INTO mixed VALUES (1)", "UPDATE mixed SET id = 2 WHERE id = -1", "DELETE FROM mixed WHERE id = -1", "SELECT * FROM missing"];

    [Fact]
    public async Task A_thousand_mixed_commands_over_16_threads_are_counted_exactly_by_operation_errors_included()
    {
        Assert.Equal(9, typeof(NpgsqlConnection).Assembly.GetName().Version!.Major);
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await using (var create = source.CreateCommand("CREATE TABLE IF NOT EXISTS mixed (id int)"))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < 1000;)
            {
                await using var connection = await source.OpenConnectionAsync();
                await using var command = new NpgsqlCommand(Statements[i % Statements.Length], connection);
                try
                {
                    await command.ExecuteNonQueryAsync();
                }
                catch (PostgresException exception) when (exception.SqlState == "42P01")
                {
                    // One in five.
                }
            }
        })));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(
            [("ddl", 1), ("delete", 200), ("insert", 200), ("select", 400), ("update", 200)],
            scrape.All("db_query_duration_seconds_count", ("system", "postgresql")).Select(sample => (sample.Labels["operation"], (int)sample.Value)).Order());
        Assert.Equal(200, scrape.Value("db_query_errors_total", ("operation", "select")));
        Assert.Equal(200, scrape.Sum("db_query_errors_total"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }

    [Fact]
    public async Task Busy_and_idle_connections_are_what_is_held_and_what_was_given_back_and_go_with_the_data_source()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(further: "Maximum Pool Size=7"));
        await using var held = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await (await source.OpenConnectionAsync(TestContext.Current.CancellationToken)).DisposeAsync();

        var during = await app.ScrapeAsync();
        await held.DisposeAsync();
        await source.DisposeAsync();
        var gone = await app.ScrapeAsync();

        (string, string)[] pool = [("system", "postgresql"), ("database", "postgres"), ("pool", "1")];
        Assert.Equal((1, 1, 7), (during.Value("db_connections_active", pool), during.Value("db_connections_idle", pool), during.Value("db_connections_max", pool)));
        Assert.DoesNotContain(gone.Samples, sample => sample.Name.StartsWith("db_connections_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_connection_errors_only_an_exhausted_pool_can_be_told()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var small = NpgsqlDataSource.Create(server.ConnectionString(further: "Maximum Pool Size=1;Timeout=5"));
        await using var nowhere = NpgsqlDataSource.Create(server.ConnectionString("nowhere"));
        await using var held = await small.OpenConnectionAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<NpgsqlException>(async () => await small.OpenConnectionAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<PostgresException>(async () => await nowhere.OpenConnectionAsync(TestContext.Current.CancellationToken));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "postgres"), ("reason", "pool_exhausted")));
        Assert.All(scrape.All("db_connection_errors_total"), sample => Assert.Equal("pool_exhausted", sample.Labels["reason"]));
    }

    [Fact]
    public async Task Without_operations_the_meter_tells_the_commands_and_their_errors()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync(options: o => o.Database.Operations = false);
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await using var good = source.CreateCommand("SELECT 1");
        await using var bad = source.CreateCommand("SELECT * FROM missing");

        await good.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PostgresException>(() => bad.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(("other", 2), (Assert.Single(scrape.All("db_query_duration_seconds_count")).Labels["operation"], scrape.Sum("db_query_duration_seconds_count")));
        Assert.Equal(1, scrape.Sum("db_query_errors_total"));
    }
}
