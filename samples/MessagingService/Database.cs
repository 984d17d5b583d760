using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MessagingService;

internal static class Database
{
    /// <summary>PostgreSQL where <c>ConnectionStrings:Postgres</c> is given, SQLite in the file of <c>ConnectionStrings:Sqlite</c>, else in one that lives as long as the service.</summary>
    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TemporaryDatabase>();
        builder.Services.AddDbContextPool<MessagingDb>((services, options) =>
        {
            if (builder.Configuration.GetConnectionString("Postgres") is { Length: > 0 } postgres)
                options.UseNpgsql(postgres);
            else if (builder.Configuration.GetConnectionString("Sqlite") is { Length: > 0 } sqlite)
                options.UseSqlite(sqlite);
            else
                options.UseSqlite(services.GetRequiredService<TemporaryDatabase>().ConnectionString);
        });
        builder.Services.AddHostedService<Schema>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database", timeout: TimeSpan.FromSeconds(5));
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
    }
}

/// <summary>A file of its own for each instance, so that several do not fight.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("messaging-service-");

    public string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "messages.db")}";

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Creates the tables before the first request; where the database is away, goes on trying, and the service is not ready.</summary>
internal sealed partial class Schema(IServiceScopeFactory scopes, ILogger<Schema> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryCreateAsync(cancellationToken))
            await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
            await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
        while (!await TryCreateAsync(stoppingToken));
    }

    private async Task<bool> TryCreateAsync(CancellationToken cancellation)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<MessagingDb>().Database.EnsureCreatedAsync(cancellation);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Also where two instances create at once: the second finds the tables at its next try.
            NotCreated(logger, exception.GetBaseException().Message);
            return false;
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "The database is not ready, trying again in a second: {Reason}")]
    private static partial void NotCreated(ILogger logger, string reason);
}

/// <summary>Ready is who can read a table: a file that is no database opens as well.</summary>
internal sealed class DatabaseCheck(MessagingDb db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await db.Users.AnyAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.GetBaseException().Message);
        }
    }
}
