using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Cache;

/// <summary>What the package CoLink.Observability.StackExchangeRedis asks Redis servers in the background, and what it tells of the app's commands.</summary>
public sealed class RedisOptions
{
    internal RedisOptions()
    {
    }

    /// <summary>How often each server is asked. A server that does not answer is asked less and less often, every five minutes at last. Default: <c>00:00:15</c>.</summary>
    [TimeRange("00:00:01", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a server may take to answer before it counts as unreachable. Default: <c>00:00:01</c>.</summary>
    [TimeRange("00:00:00.01", "00:01:00")]
    public TimeSpan PollTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether commands inside a sampled span have spans of their own. A profiler that the app has registered goes on being asked, and first. Default: true.</summary>
    public bool Spans { get; set; } = true;

    /// <summary>Whether reads through databases of the container's multiplexers are counted as hits and misses. The container then hands out multiplexers of another class, and each read costs more. Default: false.</summary>
    public bool CountReads { get; set; }
}
