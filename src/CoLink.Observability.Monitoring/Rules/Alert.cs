using CoLink.Observability.Monitoring.Dashboards;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>A rule that tells people. Every alert has a page among the runbooks under its name.</summary>
/// <param name="Name">The value of <c>alertname</c>; several rules may share it where they are forms of one fault.</param>
internal sealed record Alert(string Name, Severity Severity, string Expr) : Rule(Expr)
{
    /// <summary>How long the expression must hold, as Prometheus writes it; unscaled.</summary>
    public string For { get; init; } = "0s";

    /// <summary>
    /// How long it goes on firing after its expression ended: against one that resolves because its baseline slides, and so that what it
    /// keeps silent, whose ranges still hold the fault, does not tell when all is over.
    /// </summary>
    public string? KeepFiringFor { get; init; }

    /// <summary>For an alert that keeps those of an error rate silent: longer than their range and their own linger.</summary>
    public const string AfterErrors = "15m";

    /// <summary>The value as a whole number: growth is extrapolated to the ends of its range, and prefixes (500m) read badly of what one counts.</summary>
    public const string Count = "{{ $value | printf \"%.0f\" }}";

    /// <summary>The value with a digit behind the point.</summary>
    public const string Tenths = "{{ $value | printf \"%.1f\" }}";

    /// <summary>
    /// What the alert is about, the label <c>service</c>: alerts are grouped and inhibited by it, and labels missing on both sides would
    /// count as equal. A template, by default the job.
    /// </summary>
    public string Service { get; init; } = "{{ $labels.job }}";

    /// <summary>Whether its series have the label <c>job</c>, a service's name.</summary>
    public bool NamesJob => Service.Contains("$labels.job", StringComparison.Ordinal) || Summary.Contains("$labels.job", StringComparison.Ordinal);

    /// <summary>One line: what is wrong, with the names; a template.</summary>
    public required string Summary { get; init; }

    /// <summary>What it means, with the number; a template.</summary>
    public required string Description { get; init; }

    /// <summary>Where to look first.</summary>
    public required DashboardId Dashboard { get; init; }

    /// <summary>The line that is crossed, for the runbook.</summary>
    public required string Threshold { get; init; }

    /// <summary>Its form where several rules share the name, for <c>explain</c> and the runbook.</summary>
    public string? Form { get; init; }
}
