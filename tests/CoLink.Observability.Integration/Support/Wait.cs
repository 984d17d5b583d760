using System.Diagnostics;

namespace CoLink.Observability.Integration.Support;

/// <summary>Waits for a condition, not for a time.</summary>
internal static class Wait
{
    /// <summary>Generous: a slow machine must not fail a test, and a condition that holds costs nothing.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <param name="read">Gives the answer; null where it is not there yet.</param>
    /// <param name="describe">What to say when it never came.</param>
    public static async Task<T> ForAsync<T>(Func<Task<T?>> read, Func<string> describe)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await read() is { } answer)
                return answer;
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"Not there within {Bound.TotalSeconds} s: {describe()}");
            await Task.Delay(10);
        }
    }
}
