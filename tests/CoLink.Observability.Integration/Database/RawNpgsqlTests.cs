using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Npgsql;

namespace CoLink.Observability.Integration.Database;

/// <summary>Npgsql without Entity Framework, on a real PostgreSQL.</summary>
[Collection(nameof(Databases))]
public sealed class RawNpgsqlTests(PostgresFixture postgres)
{
    private const int Threads = 16;

    /// <summary>One round of each thread's work; the last one fails.</summary>
    private static readonly string[] Statements =
    [
        "SELECT count(*) FROM mixed", "/* by id */ SELECT * FROM mixed WHERE id = 1", "SELECT 1", "WITH one AS (SELECT 1) SELECT * FROM one",
        "INSERT INTO mixed (name) VALUES ('a')", "UPDATE mixed SET name = 'b' WHERE id = -1", "DELETE FROM mixed WHERE id = -1", "CALL nothing()",
        "BEGIN; COMMIT", "SELECT * FROM missing",
    ];

    [Fact]
    public async Task A_thousand_mixed_commands_over_16_threads_are_counted_exactly_by_operation_errors_included()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await ExecuteAsync(source, "CREATE TABLE IF NOT EXISTS mixed (id serial PRIMARY KEY, name text)");
        await ExecuteAsync(source, "CREATE OR REPLACE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1'");

        var next = -1;
        var failed = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < 1000;)
            {
                try
                {
                    // Not the data source's own commands: see decision 10.
                    await using var connection = await source.OpenConnectionAsync();
                    await using var command = new NpgsqlCommand(Statements[i % Statements.Length], connection);
                    await command.ExecuteNonQueryAsync();
                }
                catch (PostgresException exception) when (exception.SqlState == "42P01")
                {
                    Interlocked.Increment(ref failed);
                }
            }
        })));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(100, failed);
        Assert.Equal(
            [("ddl", 2), ("delete", 100), ("insert", 100), ("procedure", 100), ("select", 500), ("transaction", 100), ("update", 100)],
            scrape.All("db_query_duration_seconds_count", ("system", "postgresql")).Select(sample => (sample.Labels["operation"], (int)sample.Value)).Order());
        Assert.Equal(100, scrape.Value("db_query_errors_total", ("operation", "select")));
        Assert.Equal(100, scrape.Sum("db_query_errors_total"));
        Assert.Equal(0, scrape.Sum("db_connection_errors_total"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }

    [Fact]
    public async Task Busy_and_idle_connections_are_what_is_held_and_what_was_given_back()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("template1", further: "Maximum Pool Size=7"));
        var held = new List<NpgsqlConnection>();
        for (var i = 0; i < 5; i++)
            held.Add(await source.OpenConnectionAsync(TestContext.Current.CancellationToken));
        foreach (var connection in held[..2])
            await connection.DisposeAsync();

        var during = await app.ScrapeAsync();
        foreach (var connection in held[2..])
            await connection.DisposeAsync();
        var after = await app.ScrapeAsync();
        await source.DisposeAsync();
        var gone = await app.ScrapeAsync();

        (string, string)[] pool = [("system", "postgresql"), ("database", "template1"), ("pool", "1")];
        Assert.Equal((3, 2, 7), (during.Value("db_connections_active", pool), during.Value("db_connections_idle", pool), during.Value("db_connections_max", pool)));
        Assert.Equal((0, 5), (after.Value("db_connections_active", pool), after.Value("db_connections_idle", pool)));
        Assert.DoesNotContain(gone.Samples, sample => sample.Name.StartsWith("db_connections_", StringComparison.Ordinal) && sample.Labels["database"] == "template1");
        Assert.DoesNotContain("127.0.0.1", during.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_data_source_is_shown_by_its_name()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = new NpgsqlDataSourceBuilder(server.ConnectionString()) { Name = "orders" }.Build();
        await ExecuteAsync(source, "SELECT 1");

        Assert.Equal(1, (await app.ScrapeAsync()).Value("db_connections_idle", ("database", "postgres"), ("pool", "orders")));
    }

    [Fact]
    public async Task A_reader_is_timed_until_it_was_read()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());

        // Rows of this size are sent one by one, so the first answer comes after a tenth of a second.
        await using (var command = source.CreateCommand("SELECT repeat('x', 20000), pg_sleep(0.1) FROM generate_series(1, 5)"))
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                reader.GetString(0);
        }

        Assert.InRange((await app.ScrapeAsync()).Value("db_query_duration_seconds_sum", ("operation", "select"))!.Value, 0.5, 20);
    }

    [Fact]
    public async Task What_fails_after_the_first_answer_is_an_error_too()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());

        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(source, "SELECT 1; SELECT 1 / 0"));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "other")));
        Assert.Equal(1, scrape.Sum("db_query_errors_total"));
    }

    [Fact]
    public async Task A_cancelled_command_is_timed_and_no_error()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_sleep(60)", connection);
        using var cancellation = new CancellationTokenSource();

        // Cancelled before it began it would be no command.
        var running = command.ExecuteNonQueryAsync(cancellation.Token);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var scrape = await app.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", ("operation", "select")));
        Assert.Equal(0, scrape.Sum("db_query_errors_total"));
    }

    [Fact]
    public async Task A_command_that_times_out_is_an_error()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(further: "Command Timeout=1"));

        await Assert.ThrowsAsync<NpgsqlException>(() => ExecuteAsync(source, "SELECT pg_sleep(60)"));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "select")));
        Assert.Equal(1, scrape.Sum("db_query_errors_total"));
    }

    [Fact]
    public async Task A_copy_is_timed_and_one_that_fails_is_one_error()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await ExecuteAsync(source, "CREATE TABLE IF NOT EXISTS copied (id int CHECK (id > 0))");
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        await CopyAsync(connection, 1);
        await Assert.ThrowsAsync<PostgresException>(() => CopyAsync(connection, -1));
        await Assert.ThrowsAsync<PostgresException>(() => connection.BeginBinaryImportAsync("COPY missing FROM STDIN (FORMAT BINARY)", TestContext.Current.CancellationToken));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(3, scrape.Value("db_query_duration_seconds_count", ("operation", "copy")));
        Assert.Equal(2, scrape.Sum("db_query_errors_total"));
    }

    [Fact]
    public async Task Without_operations_the_meter_tells_the_commands_and_their_errors()
    {
        var server = await postgres.ServerAsync();
        await using var app = await RunningApp.StartAsync(options: o => o.Database.Operations = false);
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());

        await ExecuteAsync(source, "SELECT 1");
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(source, "SELECT * FROM missing"));
        var scrape = await app.ScrapeAsync();

        Assert.Equal(("other", 2), (Assert.Single(scrape.All("db_query_duration_seconds_count")).Labels["operation"], scrape.Sum("db_query_duration_seconds_count")));
        Assert.Equal(1, scrape.Sum("db_query_errors_total"));
    }

    private static async Task CopyAsync(NpgsqlConnection connection, int id)
    {
        await using var import = await connection.BeginBinaryImportAsync("COPY copied (id) FROM STDIN (FORMAT BINARY)", TestContext.Current.CancellationToken);
        await import.StartRowAsync(TestContext.Current.CancellationToken);
        await import.WriteAsync(id, TestContext.Current.CancellationToken);
        await import.CompleteAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
