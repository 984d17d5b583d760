namespace CoLink.Observability.Logging.Loki;

/// <summary>Why Loki did not take a push, in the order of the label's values. A push that it took in part is none: what it refused of it is counted by itself.</summary>
internal enum PushFailure
{
    /// <summary>Nobody answered there, or the connection broke.</summary>
    Unreachable,

    /// <summary>The answer did not come in time.</summary>
    Timeout,

    /// <summary>It was answered that the push is not taken, now or there.</summary>
    Refused,

    /// <summary>The sender is not known, or not let in.</summary>
    Unauthorized,

    /// <summary>No secure connection came about.</summary>
    Tls,

    /// <summary>Not as much at once.</summary>
    TooLarge,

    /// <summary>Anything else.</summary>
    Other,
}
