namespace CoLink.Observability.Testing;

/// <summary>What one host has told: its metrics, and where they are captured its spans and log events. Two hosts of a process do not see each other.</summary>
public sealed class Telemetry
{
    private const string NotCaptured = "are not captured: call services.AddTelemetryCapture() where the test sets the host up, in a WebApplicationFactory in ConfigureTestServices.";

    private readonly CapturedSpans? _spans;
    private readonly CapturedLogs? _logs;

    internal Telemetry(Metrics metrics, CapturedSpans? spans, CapturedLogs? logs) => (Metrics, _spans, _logs) = (metrics, spans, logs);

    /// <summary>Every metric, as <c>/metrics</c> would serve it.</summary>
    public Metrics Metrics { get; }

    /// <summary>The spans that have ended.</summary>
    /// <exception cref="InvalidOperationException">They are not captured.</exception>
    public CapturedSpans Spans => _spans ?? throw new InvalidOperationException("Spans " + NotCaptured);

    /// <summary>The log events.</summary>
    /// <exception cref="InvalidOperationException">They are not captured.</exception>
    public CapturedLogs Logs => _logs ?? throw new InvalidOperationException("Log events " + NotCaptured);

    /// <summary>How long something awaited may take; generous, since a condition that holds costs nothing.</summary>
    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);
}
