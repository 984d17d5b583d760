using System.Data.Common;
using CoLink.Observability.Integration.Support;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CoLink.Observability.Integration.Sample;

/// <summary>What stands behind the sample in one scenario, and what /metrics should call it.</summary>
internal abstract class Backend : IAsyncDisposable
{
    public const string Local = "SQLite and memory";
    public const string Servers = "PostgreSQL and Redis";

    /// <summary>The environment that makes the sample use it.</summary>
    public abstract Dictionary<string, string> Settings { get; }

    /// <summary>The labels of its database.</summary>
    public abstract (string, string)[] Database { get; }

    /// <summary>The value of the label <c>cache</c>.</summary>
    public abstract string Cache { get; }

    /// <summary>The sources that are heard in the sample, and those listened to in vain.</summary>
    public abstract IEnumerable<(string Source, double Active)> Sources { get; }

    /// <summary>What had gone wrong when it became ready.</summary>
    public abstract string[] ConnectionErrorsAtStart { get; }

    /// <summary>What must stand neither in /metrics nor in the log.</summary>
    public abstract IEnumerable<string> Secrets { get; }

    public static async Task<Backend> StartAsync(string name) => name == Local ? new LocalBackend() : await ServersBackend.StartAsync();

    /// <summary>Runs a command on the database behind the sample's back.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = Connection();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public abstract ValueTask DisposeAsync();

    protected abstract DbConnection Connection();
}

/// <summary>What the sample has without any server.</summary>
internal sealed class LocalBackend : Backend
{
    private readonly TemporaryFolder _folder = new();

    public override Dictionary<string, string> Settings => new() { ["ConnectionStrings__Sqlite"] = ConnectionString };

    public override (string, string)[] Database => [("system", "sqlite"), ("database", "messages.db")];

    public override string Cache => "distributed";

    public override IEnumerable<(string Source, double Active)> Sources =>
    [
        ("HybridCache", 0), ("IDistributedCache", 1), ("ILoggerFactory", 1), ("MemoryCache", 0), ("Microsoft.Data.SqlClient", 0), ("Microsoft.EntityFrameworkCore", 1),
        ("MongoDB.Driver", 0), ("Npgsql", 0), ("System.Runtime", 1),
    ];

    public override string[] ConnectionErrorsAtStart => [];

    public override IEnumerable<string> Secrets => [_folder.Path];

    private string ConnectionString => $"Data Source={Path.Combine(_folder.Path, "messages.db")};Pooling=False";

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override DbConnection Connection() => new SqliteConnection(ConnectionString);
}

/// <summary>A real PostgreSQL and a real Redis, each with a password.</summary>
internal sealed class ServersBackend : Backend
{
    private const string DatabaseSecret = "pg-s3cret-of-the-test";
    private const string CacheSecret = "redis-s3cret-of-the-test";

    private ServersBackend(PostgresServer postgres, RedisServer redis) => (Postgres, Redis) = (postgres, redis);

    public PostgresServer Postgres { get; }

    public RedisServer Redis { get; }

    public override Dictionary<string, string> Settings => new()
    {
        ["ConnectionStrings__Postgres"] = Postgres.ConnectionString("messaging", further: "Maximum Pool Size=7"),
        ["ConnectionStrings__Redis"] = $"{Redis.Address},password={CacheSecret}",
        ["CoLink__Observability__Redis__PollInterval"] = "00:00:01",

        // A busy machine must not make a read give up.
        ["Cache__Patience"] = "00:00:30",
    };

    public override (string, string)[] Database => [("system", "postgresql"), ("database", "messaging")];

    public override string Cache => "redis";

    public override IEnumerable<(string Source, double Active)> Sources =>
    [
        ("HybridCache", 0), ("IDistributedCache", 1), ("ILoggerFactory", 1), ("MemoryCache", 0), ("Microsoft.Data.SqlClient", 0), ("Microsoft.EntityFrameworkCore", 1),
        ("MongoDB.Driver", 0), ("Npgsql", 1), ("StackExchange.Redis", 1), ("System.Runtime", 1),
    ];

    // The service found no database of that name, and made it.
    public override string[] ConnectionErrorsAtStart => ["postgresql messaging missing_database 1"];

    public override IEnumerable<string> Secrets => [DatabaseSecret, CacheSecret];

    public static async Task<ServersBackend> StartAsync()
    {
        var redis = await RedisServer.StartAsync(CacheSecret);
        try
        {
            return new ServersBackend(await PostgresServer.StartAsync(DatabaseSecret), redis);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        await Redis.DisposeAsync();
    }

    protected override DbConnection Connection() => new NpgsqlConnection(Postgres.ConnectionString("messaging", further: "Pooling=false"));
}
