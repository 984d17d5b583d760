using System.Globalization;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>Asks a server how much memory it uses, in the first way that it and the client allow. The way found is kept.</summary>
internal sealed class MemoryQuestion
{
    /// <summary>The client keeps INFO for admin mode, also where it is executed by name; inside a script it does not look.</summary>
    private const string Script = "return redis.call('INFO','memory')";

    private const string UsedMemory = "used_memory:";

    /// <summary>What a server says for a while; anything else that it answers with an error it will answer again.</summary>
    private static readonly string[] Passing = ["LOADING", "BUSY", "OOM", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF"];

    private int _way;

    /// <summary>Whether every way was refused. Asking on would only fill the server's log of refusals.</summary>
    public bool IsRefused => _way == 3;

    /// <summary>What the last way was refused with.</summary>
    public string Refusal { get; private set; } = "";

    /// <summary>The server, or what it allows, may be another now.</summary>
    public void Again() => _way = IsRefused ? 0 : _way;

    /// <summary>Null where it cannot be asked, now or at all.</summary>
    public async Task<double?> AskAsync(IServer server)
    {
        while (!IsRefused)
        {
            try
            {
                if (await AskAsync(server, _way) is { } bytes)
                    return bytes;
                Refusal = "an answer without it";
            }
            catch (RedisServerException exception) when (Passing.Any(prefix => exception.Message.StartsWith(prefix, StringComparison.Ordinal)))
            {
                return null;
            }
            catch (Exception exception) when (exception is RedisServerException or RedisCommandException)
            {
                Refusal = exception is RedisServerException ? exception.Message.Split(' ')[0] : exception.GetType().Name;
            }

            _way++;
        }

        return null;
    }

    private static async Task<double?> AskAsync(IServer server, int way) => way switch
    {
        0 => Parse(await server.InfoRawAsync("memory")),
        1 => Parse((string?)await server.ExecuteAsync("EVAL", Script, 0)),
        _ => Total(await server.MemoryStatsAsync()),
    };

    private static double? Parse(string? info)
    {
        foreach (var line in (info ?? "").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(UsedMemory, StringComparison.Ordinal) && double.TryParse(line[UsedMemory.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
                return bytes;
        }

        return null;
    }

    /// <summary>What the allocator gave out, within about 2 % of <c>used_memory</c>.</summary>
    private static double? Total(RedisResult statistics) => statistics.ToDictionary().TryGetValue("total.allocated", out var bytes) ? (double?)bytes : null;
}
