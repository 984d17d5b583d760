using System.Diagnostics;

namespace CoLink.Observability.Tests.Support;

/// <summary>Waits for a condition with a bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static async Task IsTrue(Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"Not true within {Bound}.");
            await Task.Delay(10);
        }
    }
}
