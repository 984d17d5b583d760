using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Npgsql;

namespace CoLink.Observability.Integration.Database;

/// <summary>Why a connection could not be had, as Npgsql tells it.</summary>
[Collection(nameof(Databases))]
public sealed class ConnectionErrorTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_wrong_password()
    {
        await using var server = await PostgresServer.StartAsync("right");

        await FailsAsync(server.ConnectionString(password: "wrong"), "postgres", "authentication");
    }

    [Fact]
    public async Task A_missing_database() => await FailsAsync((await postgres.ServerAsync()).ConnectionString("nowhere"), "nowhere", "missing_database");

    [Fact]
    public async Task A_port_that_nobody_listens_on() => await FailsAsync($"Host=127.0.0.1;Port={FreePort.Next()};Username=ada;Database=orders", "orders", "refused");

    [Fact]
    public async Task A_server_that_does_not_answer()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        await FailsAsync($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=ada;Database=orders;Timeout=1", "orders", "timeout");
    }

    [Fact]
    public async Task An_exhausted_pool()
    {
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create((await postgres.ServerAsync()).ConnectionString(further: "Maximum Pool Size=1;Timeout=5"));
        await using var held = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<NpgsqlException>(async () => await source.OpenConnectionAsync(TestContext.Current.CancellationToken));

        await AssertOneAsync(app, "postgres", "pool_exhausted");
    }

    [Fact]
    public async Task A_server_that_is_full()
    {
        await using var app = await RunningApp.StartAsync();
        await using var server = await PostgresServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(further: "Maximum Pool Size=500"));
        var held = new List<NpgsqlConnection>();

        var refusal = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            while (true)
                held.Add(await source.OpenConnectionAsync(TestContext.Current.CancellationToken));
        });
        var scrape = await app.ScrapeAsync();
        foreach (var connection in held)
            await connection.DisposeAsync();

        Assert.Equal("53300", refusal.SqlState);
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "postgres"), ("reason", "refused")));
        Assert.Equal(held.Count, scrape.Sum("db_connections_active", ("database", "postgres")));
    }

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_and_started_again()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await using var sleeping = source.CreateCommand("SELECT pg_sleep(60)");
        await ScalarAsync(source);
        var before = await app.ScrapeAsync();

        var running = sleeping.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await app.ScrapeUntilAsync(scrape => scrape.Sum("db_connections_active", ("database", "postgres")) == 1);
        await server.KillAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => running);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ScalarAsync(source));
        var down = await app.ScrapeAsync();
        await server.StartAgainAsync();
        await ScalarAsync(source);
        var up = await app.ScrapeAsync();

        Assert.Equal((0, 0), (before.Sum("db_query_errors_total"), before.Sum("db_connection_errors_total")));
        Assert.Equal(1, down.Value("db_query_errors_total", ("operation", "select")));
        Assert.Equal(1, down.Value("db_connection_errors_total", ("database", "postgres"), ("reason", "refused")));
        Assert.Equal((1, 1), (up.Sum("db_query_errors_total"), up.Sum("db_connection_errors_total")));
        Assert.Equal(3, up.Value("db_query_duration_seconds_count", ("operation", "select")));
        Assert.Equal(0, up.Sum("db_connections_active", ("database", "postgres")));
    }

    private static async Task FailsAsync(string connectionString, string database, string reason)
    {
        await using var app = await RunningApp.StartAsync();
        await using var source = NpgsqlDataSource.Create(connectionString);

        await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await source.OpenConnectionAsync(TestContext.Current.CancellationToken));

        await AssertOneAsync(app, database, reason);
    }

    private static async Task AssertOneAsync(RunningApp app, string database, string reason)
    {
        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "postgresql"), ("database", database), ("reason", reason)));
        Assert.Equal(1, scrape.Sum("db_connection_errors_total"));
        Assert.Equal(6, scrape.All("db_connection_errors_total", ("database", database)).Count());
        Assert.Equal(0, scrape.Sum("db_query_errors_total"));
    }

    private static async Task ScalarAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
