namespace CoLink.Observability.Testing;

/// <summary>The telemetry is not what the test expects; the message says what was there instead. Every test framework takes it for a failure.</summary>
public sealed class TelemetryAssertionException : Exception
{
    /// <param name="message">What was expected and what was there.</param>
    public TelemetryAssertionException(string message)
        : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public TelemetryAssertionException()
    {
    }

    /// <param name="message">What was expected and what was there.</param>
    /// <param name="innerException">Why it could not be told.</param>
    public TelemetryAssertionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
