namespace CoLink.Observability.Monitoring.Rules;

/// <summary>Who is told, and how loudly.</summary>
internal enum Severity
{
    /// <summary>A page: somebody gets up.</summary>
    Critical,

    /// <summary>A ticket: somebody looks today.</summary>
    Warning,

    /// <summary>On the dashboards; told in the chat beside a louder alert of the same service, never alone.</summary>
    Info,

    /// <summary>The Watchdog, which fires all the time, and what keeps information silent.</summary>
    None,
}
