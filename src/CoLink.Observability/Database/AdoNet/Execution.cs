namespace CoLink.Observability.Database.AdoNet;

/// <summary>One execution under way. Whoever holds it ends it once.</summary>
internal readonly struct Execution(AdoNetObserver observer, DbSystem system, DbOperation operation)
{
    private readonly long _started = observer.Now;

    public void End() => observer.Ended(system, operation, _started, failed: false);

    public void Fail(Exception failure) => observer.Ended(system, operation, _started, failed: !Cancellation.Is(failure));

    /// <summary>An execution that is done when it returns, as every one of an embedded database, is passed on as the driver's own task.</summary>
    public Task<TResult> Watch<TCommand, TResult>(TCommand command, Func<TCommand, CancellationToken, Task<TResult>> execute, CancellationToken cancellation)
    {
        Task<TResult> task;
        try
        {
            task = execute(command, cancellation);
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }

        if (!task.IsCompletedSuccessfully)
            return AwaitAsync(task, this);
        End();
        return task;
    }

    private static async Task<TResult> AwaitAsync<TResult>(Task<TResult> task, Execution execution)
    {
        try
        {
            var result = await task.ConfigureAwait(false);
            execution.End();
            return result;
        }
        catch (Exception exception)
        {
            execution.Fail(exception);
            throw;
        }
    }
}
