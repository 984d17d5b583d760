using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki.Conformance;

/// <summary>A Loki, and the door in front of it at which a test can have pushes fail. What it stores is asked through its own API.</summary>
internal sealed class LokiUnderTest(StubLoki door, Uri api, bool readsOld) : IAsyncDisposable
{
    private const int Page = 2000;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { BaseAddress = api };

    /// <summary>Where pushes go.</summary>
    public StubLoki Door => door;

    /// <summary>A real one shows what is older than some hours only when it has written it to its store.</summary>
    public bool ReadsOld => readsOld;

    /// <summary>A label that nobody else has: a real Loki keeps what it was sent before.</summary>
    public string Run { get; } = $"{Guid.NewGuid():N}";

    /// <summary>In the order of their times, once there are at least so many.</summary>
    public async Task<StoredLine[]> ReadAsync(int atLeast)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            var lines = await ReadAsync();
            if (lines.Length >= atLeast)
                return lines;
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"{lines.Length} lines, not {atLeast}, within {Bound}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await door.DisposeAsync();
    }

    private async Task<StoredLine[]> ReadAsync()
    {
        var found = new HashSet<StoredLine>();
        var (from, to) = (Nanoseconds(DateTimeOffset.UtcNow.AddDays(-9)), Nanoseconds(DateTimeOffset.UtcNow.AddHours(1)));
        while (true)
        {
            var page = await ReadAsync(from, to);
            var before = found.Count;
            found.UnionWith(page);
            if (page.Length < Page || found.Count == before)
                return [.. found.OrderBy(line => line.Nanoseconds)];

            // Others may have the time of the last one.
            from = page.Max(line => line.Nanoseconds);
        }
    }

    private async Task<StoredLine[]> ReadAsync(long from, long to)
    {
        var query = Uri.EscapeDataString($"{{run=\"{Run}\"}}");
        using var answer = JsonDocument.Parse(await _client.GetStringAsync($"{StubQuery.Path}?query={query}&start={from}&end={to}&limit={Page}&direction=forward"));
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().SelectMany(Lines)];
    }

    private static StoredLine[] Lines(JsonElement stream)
    {
        var labels = stream.GetProperty("stream");
        var replay = labels.TryGetProperty("replay", out var lane) ? lane.GetString() : null;
        var pod = labels.TryGetProperty("pod", out var replica) ? replica.GetString() : null;
        return [.. stream.GetProperty("values").EnumerateArray().Select(value => new StoredLine(long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture), value[1].GetString()!, pod, replay))];
    }

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;
}

/// <param name="Nanoseconds">Since 1970.</param>
/// <param name="Line">The line.</param>
/// <param name="Pod">The label.</param>
/// <param name="Replay">The lane of what was sent again; null where it was not.</param>
internal sealed record StoredLine(long Nanoseconds, string Line, string? Pod, string? Replay);
