using System.Data.Common;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.Sqlite;

namespace CoLink.Observability.Tests.Database.AdoNet;

/// <summary>An app with the one call beside a SQLite file with a table, written ahead so that readers and writers do not wait for each other.</summary>
internal sealed class SqliteHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("colink-sqlite-").FullName;

    private SqliteHost(RunningApp app) => App = app;

    public RunningApp App { get; }

    public string ConnectionString => $"Data Source={Path.Combine(_folder, "shop.db")};Default Timeout=30";

    public string Missing => $"Data Source={Path.Combine(_folder, "secret", "none.db")}";

    public static async Task<SqliteHost> StartAsync(Action<CoLinkObservabilityOptions>? options = null)
    {
        var host = new SqliteHost(await RunningApp.StartAsync(options: options));
        await using var connection = new SqliteConnection(host.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL); INSERT INTO a VALUES (1, 1), (2, 2), (3, 3)";
        await command.ExecuteNonQueryAsync();
        return host;
    }

    public DbConnection Connection(string? connectionString = null) => new SqliteConnection(connectionString ?? ConnectionString).WithCoLinkMetrics(App.Services);

    public async Task<DbConnection> OpenAsync()
    {
        var connection = Connection();
        await connection.OpenAsync();
        return connection;
    }

    public static double? Count(Scrape scrape, string operation) => scrape.Value("db_query_duration_seconds_count", ("system", "sqlite"), ("operation", operation));

    public static double? Errors(Scrape scrape, string operation) => scrape.Value("db_query_errors_total", ("system", "sqlite"), ("operation", operation));

    public static double? Active(Scrape scrape) => scrape.Value("db_connections_active", ("system", "sqlite"), ("database", "shop.db"), ("pool", "opened"));

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
