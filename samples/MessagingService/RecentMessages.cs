using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Distributed;

namespace MessagingService;

/// <summary>The last messages of a channel as JSON, oldest first, cached until the next one. Without its cache the service is slower, not down.</summary>
internal sealed partial class RecentMessages(IDistributedCache cache, MessagingDb db, CachePatience patience, MessagingMetrics metrics, ILogger<RecentMessages> logger)
{
    private const int Count = 50;

    // Bounds how long a list stays stale that was read before a message was stored and cached after it, or that could not be forgotten.
    private static readonly DistributedCacheEntryOptions Lifetime = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(10) };

    public async Task<byte[]> OfAsync(string channel, CancellationToken cancellation)
    {
        if (await TryAsync(() => cache.GetAsync(Key(channel), cancellation)) is { } cached)
            return cached;
        var messages = await db.Messages.AsNoTracking().Where(message => message.Channel == channel)
            .OrderByDescending(message => message.Id).Take(Count).ToListAsync(cancellation);
        messages.Reverse();
        var json = JsonSerializer.SerializeToUtf8Bytes(messages, JsonSerializerOptions.Web);
        await TryAsync(() => SetAsync(channel, json, cancellation));
        return json;
    }

    public Task ForgetAsync(string channel) => TryAsync(async () =>
    {
        await cache.RemoveAsync(Key(channel));
        return null;
    });

    private async Task<byte[]?> SetAsync(string channel, byte[] json, CancellationToken cancellation)
    {
        await cache.SetAsync(Key(channel), json, Lifetime, cancellation);
        return json;
    }

    private async Task<byte[]?> TryAsync(Func<Task<byte[]?>> use)
    {
        try
        {
            return await metrics.CacheFailures.CountExceptions(() => use().WaitAsync(patience.Value), when: IsFailure);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            CacheFailed(logger, exception.Message);
            return null;
        }
    }

    /// <summary>A client that went away is none.</summary>
    private static bool IsFailure(Exception exception) => exception is not OperationCanceledException;

    private static string Key(string channel) => $"messages:{channel}";

    [LoggerMessage(1, LogLevel.Warning, "The cache failed, the database answers instead: {Reason}")]
    private static partial void CacheFailed(ILogger logger, string reason);
}

/// <summary>How long the cache may take before the database answers instead.</summary>
internal sealed record CachePatience(TimeSpan Value);

internal static class RecentMessagesSetup
{
    public static void AddRecentMessages(this WebApplicationBuilder builder)
    {
        // The Redis client itself waits 5 seconds.
        builder.Services.AddSingleton(new CachePatience(Patience.Of(builder.Configuration, "Cache:Patience", TimeSpan.FromMilliseconds(250))));
        builder.Services.AddSingleton<MessagingMetrics>();
        builder.Services.AddScoped<RecentMessages>();
        if (builder.Configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
        {
            builder.Services.AddStackExchangeRedisCache(options => (options.Configuration, options.InstanceName) = (redis, "messaging:"));
            builder.AddCoLinkRedis();
        }
        else
        {
            builder.Services.AddDistributedMemoryCache();
        }
    }
}
