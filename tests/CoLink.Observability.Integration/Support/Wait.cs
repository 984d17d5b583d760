using System.Diagnostics;

namespace CoLink.Observability.Integration.Support;

/// <summary>Waits for a condition, not for a time.</summary>
internal static class Wait
{
    /// <summary>Generous: a slow machine must not fail a test, and a condition that holds costs nothing.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <param name="read">Gives the answer; null where it is not there yet.</param>
    /// <param name="describe">What to say when it never came.</param>
    /// <param name="bound">Longer than the usual one, for what takes long itself.</param>
    public static async Task<T> ForAsync<T>(Func<Task<T?>> read, Func<string> describe, TimeSpan? bound = null)
        where T : class
    {
        var most = bound ?? Bound;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await read() is { } answer)
                return answer;
            if (Stopwatch.GetElapsedTime(started) > most)
                throw new TimeoutException($"Not there within {most.TotalSeconds} s: {describe()}");
            await Task.Delay(10);
        }
    }
}
