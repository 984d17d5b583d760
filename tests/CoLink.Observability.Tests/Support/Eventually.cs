using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CoLink.Observability.Tests.Support;

/// <summary>Waits for a condition with a bound.</summary>
internal static class Eventually
{
    /// <summary>Generous: a slow machine must not fail a test, and a condition that holds costs nothing.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <param name="condition">Read until it is true.</param>
    /// <param name="because">What to say when it never came; null where the condition says enough.</param>
    /// <param name="text">Filled by the compiler: the end of a log must tell what was waited for.</param>
    public static async Task IsTrue(Func<bool> condition, Func<string>? because = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"Not true within {Bound}: {text}{(because is null ? "" : $"\n{because()}")}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
