namespace CoLink.Observability.Logging.Loki;

/// <summary>Threads for what blocks, which the pool has too few of.</summary>
internal static class OwnThread
{
    /// <summary>A thread that outlives whatever is going on here, a request, its trace, its culture, and ends with what it does.</summary>
    public static Task<T> Start<T>(string name, Func<T> work)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(work, end)) { IsBackground = true, Name = name };
        thread.UnsafeStart();
        return end.Task;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> end)
    {
        try
        {
            end.SetResult(work());
        }
        catch (Exception exception)
        {
            // On a thread it would end the process.
            end.SetException(exception);
        }
    }
}
