using System.Diagnostics;

namespace CoLink.Observability.Testing;

/// <summary>Waits for a condition, not for a time.</summary>
internal static class Awaiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<T> FirstAsync<T>(Func<IReadOnlyList<T>> read, Func<T, bool> isRight, string what, Func<T, string> describe)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(isRight);
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause))
        {
            var all = read();
            if (all.FirstOrDefault(isRight) is { } found)
                return found;
            if (Stopwatch.GetElapsedTime(started) >= Telemetry.Patience)
                throw new TelemetryAssertionException($"No {what} is right within {Telemetry.Patience}. There is:\n{string.Join('\n', all.Select(one => "  " + describe(one)).DefaultIfEmpty("  nothing"))}");
        }
    }
}
