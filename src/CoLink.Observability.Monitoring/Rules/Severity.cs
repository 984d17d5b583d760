namespace CoLink.Observability.Monitoring.Rules;

/// <summary>Who is told, and how loudly.</summary>
internal enum Severity
{
    /// <summary>A page: somebody gets up.</summary>
    Critical,

    /// <summary>A ticket: somebody looks today.</summary>
    Warning,

    /// <summary>Shown beside other alerts, told to nobody.</summary>
    Info,

    /// <summary>The Watchdog alone, which fires all the time.</summary>
    None,
}
