namespace CoLink.Observability.Logging.Loki;

/// <summary>What an answer to a push means for its entries.</summary>
internal enum PushVerdict
{
    /// <summary>All of them are stored.</summary>
    Taken,

    /// <summary>Some of them are refused for good; the others are stored.</summary>
    Refused,

    /// <summary>None is stored, and fewer at a time may be.</summary>
    TooLarge,

    /// <summary>Whether they are stored is not known; the same push may be taken later.</summary>
    Later,

    /// <summary>As later, but somebody has to do something first.</summary>
    Misconfigured,
}

/// <param name="Verdict">What it means.</param>
/// <param name="Status">The status; 0 where there was none.</param>
/// <param name="Text">What the answer says, or why there is none: short, without control characters.</param>
internal sealed record PushAnswer(PushVerdict Verdict, int Status, string Text)
{
    /// <summary>Why the push failed; null where it did not.</summary>
    public PushFailure? Failure { get; init; }

    /// <summary>How long to wait, where Loki says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the operator may do.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether Loki may have stored the entries, though it did not say so.</summary>
    public bool MayBeStored { get; init; }
}
