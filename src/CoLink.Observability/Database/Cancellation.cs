namespace CoLink.Observability.Database;

/// <summary>
/// Whether the caller gave up. It is no failure of the database's: a client that closes its browser must not raise an alert. A
/// time-out is one, be it the command's or the server's.
/// </summary>
internal static class Cancellation
{
    public static bool Is(Exception? failure) =>
        failure is OperationCanceledException or AggregateException { InnerExceptions: [OperationCanceledException, ..] };

    /// <param name="exceptionType">The name of an exception, as an activity has it.</param>
    public static bool Is(string? exceptionType) => exceptionType is "System.OperationCanceledException" or "System.Threading.Tasks.TaskCanceledException";
}
