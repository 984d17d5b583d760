namespace CoLink.Observability.Tracing.Export;

/// <summary>Why an export failed, in the order of the label's values.</summary>
internal enum ExportFailure
{
    /// <summary>Nobody answered there, or the connection broke.</summary>
    Unreachable,

    /// <summary>The answer did not come in time.</summary>
    Timeout,

    /// <summary>The collector answered that it does not take it.</summary>
    Refused,

    /// <summary>The collector does not know the sender, or does not let it.</summary>
    Unauthorized,

    /// <summary>No secure connection came about.</summary>
    Tls,

    /// <summary>The collector does not take as much at once.</summary>
    TooLarge,

    /// <summary>Anything else, such as an answer in another protocol.</summary>
    Other,
}

/// <param name="Reason">By kind.</param>
/// <param name="Cause">In words.</param>
internal readonly record struct ExportProblem(ExportFailure Reason, string Cause);
