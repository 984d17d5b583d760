namespace CoLink.Observability.Business;

/// <summary>
/// An operation that runs, from <see cref="Operations.Start"/> to <see cref="Dispose"/>. Only <see cref="Complete"/> makes it a
/// success: an early return or an exception that leaves the block cannot be counted as one.
/// </summary>
/// <remarks>It may cross an await. Once it is disposed, each of its methods, a second disposal included, changes nothing.</remarks>
public readonly struct Operation : IDisposable
{
    private readonly RunningOperation? _running;
    private readonly long _ticket;

    internal Operation(RunningOperation running, long ticket)
    {
        _running = running;
        _ticket = ticket;
    }

    /// <summary>
    /// Says more about this one. What was declared as a label goes to the metrics, the span and the log lines, anything else to the
    /// span and the log lines only: an id, a name, a size may stand here.
    /// </summary>
    /// <param name="key">The label's name, or any other; nothing and the names <c>operation</c> and <c>outcome</c> are ignored.</param>
    /// <param name="value">Its value; set again, the last one counts. It is written as it is: no secrets.</param>
    public void Set(string key, object? value) => _running?.Set(_ticket, key, value);

    /// <summary>It reached its end: a success, unless <see cref="Fail"/> was called too.</summary>
    public void Complete() => _running?.Complete(_ticket);

    /// <summary>It failed. So it does without this call, which says it explicitly and, on the span, why.</summary>
    /// <param name="exception">What was thrown; its type, message and stack trace go to the span.</param>
    public void Fail(Exception? exception = null) => _running?.Fail(_ticket, exception);

    /// <summary>Ends it: counts it, records its duration, ends its span and its log scope.</summary>
    public void Dispose() => _running?.End(_ticket);
}
