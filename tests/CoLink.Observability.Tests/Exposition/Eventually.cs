namespace CoLink.Observability.Tests.Exposition;

/// <summary>Waits for a condition, with a bound.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> satisfied)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Bound);
        while (!satisfied())
            await Task.Delay(10, bound.Token);
    }
}
