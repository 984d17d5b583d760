using System.Diagnostics;

namespace CoLink.Observability.Database.AdoNet;

/// <summary>One execution under way. Whoever holds it ends it once.</summary>
internal readonly struct Execution(AdoNetObserver observer, DbSystem system, DbOperation operation, Activity? span)
{
    private readonly long _started = observer.Now;

    /// <summary>Null where nobody listens.</summary>
    public Activity? Span => span;

    public void End() => End(null, span);

    public void Fail(Exception failure) => End(failure, span);

    /// <param name="failure">Null for a success.</param>
    /// <param name="open">Its span, unless that has ended before.</param>
    public void End(Exception? failure, Activity? open) => observer.Ended(system, operation, _started, failure, open);

    /// <summary>Ends the span alone.</summary>
    public void Abandon(Activity open) => observer.Abandoned(open);

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
