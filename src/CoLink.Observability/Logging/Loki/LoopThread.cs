namespace CoLink.Observability.Logging.Loki;

/// <summary>Threads for loops that block.</summary>
internal static class LoopThread
{
    /// <summary>A thread that outlives whatever is going on here, a request, its trace, its culture, and ends with what it does.</summary>
    public static Task<int> Start(string name, Func<int> loop)
    {
        var end = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(loop, end)) { IsBackground = true, Name = name };
        thread.UnsafeStart();
        return end.Task;
    }

    private static void Run(Func<int> loop, TaskCompletionSource<int> end)
    {
        try
        {
            end.SetResult(loop());
        }
        catch (Exception exception)
        {
            // On a thread it would end the process.
            end.SetException(exception);
        }
    }
}
